"""Which units stood on which days, from the rows of a programme's map."""

from collections.abc import Iterable
from datetime import date

from services.contracts.programme import Programme
from tests.support.slow_status.days import days_of

REPORTING = ("ward", "commune", "township", "special_zone")


class Places:
    def __init__(self, programme: Programme) -> None:
        self.calendar = programme.calendar
        self.rows, self.successions = programme.units.by_id, programme.units.successions
        self._own_days: dict[tuple[str, str], list[date]] = {}

    def above(self, unit: str) -> list[str]:
        found = []
        parent = self.rows[unit].parent
        while parent is not None:
            found.append(parent)
            parent = self.rows[parent].parent
        return found

    def at_or_below(self, unit: str) -> list[str]:
        return [one for one in self.rows if one == unit or unit in self.above(one)]

    def stood(self, unit: str, days: Iterable[date]) -> list[date]:
        row = self.rows[unit]
        return [day for day in days if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)]

    def own_days(self, unit: str, code: str) -> list[date]:
        """The days of a period on which a unit stood: it is judged over these."""
        if (unit, code) not in self._own_days:
            self._own_days[unit, code] = self.stood(unit, days_of(self.calendar, code))
        return self._own_days[unit, code]

    def wards_of(self, unit: str, code: str) -> list[str]:
        """The reporting units at or below a unit that stood on some day of a period."""
        below = self.at_or_below(unit)
        return [one for one in below if self.rows[one].kind in REPORTING and self.own_days(one, code)]

    def wards_on(self, unit: str, day: date) -> list[str]:
        """Those that stood on one day."""
        below = self.at_or_below(unit)
        return [one for one in below if self.rows[one].kind in REPORTING and self.stood(one, [day])]

    def told_of_tips(self, root: str, unit: str, code: str) -> bool:
        """Of units with several wards, unless a single ward on their level, or on one above, would be the rest."""
        if len(self.wards_of(unit, code)) < 2:
            return False
        path = [unit, *self.above(unit)]
        for holder in path[1 : path.index(root) + 1]:
            level = [one for one in self.rows if self.rows[one].parent == holder]
            if sum(len(self.wards_of(one, code)) == 1 for one in level) == 1:
                return False
        return True

    def divided(self, unit: str, code: str) -> bool:
        """Whether the unit, or a reporting unit below it, began or ended inside the period (kỳ bị chia)."""
        whole = len(days_of(self.calendar, code))
        return any(len(self.own_days(one, code)) < whole for one in {unit, *self.wards_of(unit, code)})
