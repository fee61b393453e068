"""Another generation beside the served one: filled, compared, accepted, and served in its place; and back (ADR 26)."""
