"""The log: one port, and two adapters that one suite of tests holds to it."""
