"""Plumbing: the log, the database, HTTP, settings, time. No business rule, and no business word."""
