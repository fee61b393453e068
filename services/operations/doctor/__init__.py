"""`doctor`: looks at everything an installation stands on, and says what is wrong and what to do about it.

A module a check; each is given what it looks at, and returns its findings.
"""

from services.operations.doctor.command import command

__all__ = ["command"]
