"""Free ports for the processes that tests start."""

from deploy.laptop.ports import free_port, free_ports, is_open

__all__ = ["free_port", "free_ports", "is_open"]
