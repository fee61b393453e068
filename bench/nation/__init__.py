"""A simulated nation: 3,321 wards, a year of reports on all forms, 27 million household signatures, or a part of it.

It is written straight into the log. How large the part is changes nothing in what a ward says: what grows with the
nation shows between a hundredth and a tenth of it.
"""

from bench.nation.measured import run

__all__ = ["run"]
