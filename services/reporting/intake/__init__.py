"""Takes reports, decisions on them, and the clock of sandboxes. Keeps nothing."""
