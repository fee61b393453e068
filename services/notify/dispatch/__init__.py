"""Turns what happens into notices, sends them, and climbs until somebody answers."""
