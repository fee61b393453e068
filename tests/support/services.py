"""Processes of ours that a test starts."""

from deploy.laptop.services import Service, Services

__all__ = ["Service", "Services"]
