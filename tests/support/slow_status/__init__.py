"""What every status must be, counted slowly from everything that was said: a second reading of docs/status.md.

Written from the domain's rules and from docs/status.md alone, for tests alone: no line of the engine, of the store or
of the simulator's truth stands here, and of a programme only its rows are read, never what it derives from them. Days
are walked through one by one, and every question is asked anew of everything that was said.
"""

from tests.support.slow_status.answer import Answer, SlowStatus

__all__ = ["Answer", "SlowStatus"]
