"""Ingest: the log becomes facts."""
