"""The only SQL of reporting."""
