"""Broker and database of a laptop, from Python packages alone (development only, never in an image)."""
