"""Who is told what, and how a tip is sealed: pure functions."""
