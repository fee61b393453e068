"""The only SQL of notify: its own database, and the one that holds the tips' secrets apart from it."""
