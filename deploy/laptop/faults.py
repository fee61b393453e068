"""What a person at the laptop can mend, told in one sentence."""


class LaptopFault(Exception):
    """The broker or the database cannot be had; the message says why and what to do."""
