"""Ingest's fold in Quix Streams, in an environment of its own: what it needs contradicts what we pin."""
