"""Everything that counts of what was said about reports that are owed: revisions, decisions on them, extensions."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from services.reporting.domain.obligations import Extension, History, Submission
from services.reporting.store.decisions import LATEST_DECISION, VOID_DECISIONS
from services.reporting.store.known import NOW, REPORTS, Then

_SUBMISSIONS: Final = f"""
    select r.report_id, r.revision, r.accepted_at, r.event_id, r.source, r.received_on, decided.kind, decided.source,
        void.n
    from counting_report r
    left join lateral ({LATEST_DECISION}) decided on true
    cross join lateral ({VOID_DECISIONS}) void
    where r.report_id = any(cast(:ids as uuid[]))
"""  # noqa: S608 - statements from decisions.py
_FIGURES: Final = """
    select report_id, "values", nil from latest_report where report_id = any(cast(:ids as uuid[]))
"""
_EXTENSIONS: Final = """
    select report_id, until, reason, source, accepted_at, event_id from counting_extension
    where report_id = any(cast(:ids as uuid[])) order by accepted_at, event_id
"""


def read_histories(connection: Connection, report_ids: Iterable[UUID], at: Then = NOW) -> dict[UUID, History]:
    """By report id; of what is silent and was not extended there is none."""
    ids = list(report_ids)
    said, extensions = read_submissions(connection, ids, at=at), read_extensions(connection, ids, at)
    return {one: History(said.get(one, ()), extensions.get(one, ())) for one in said.keys() | extensions.keys()}


def read_submissions(
    connection: Connection, report_ids: Iterable[UUID], *, on_paper: bool = False, at: Then = NOW
) -> dict[UUID, tuple[Submission, ...]]:
    """Every revision that counts; `on_paper`: only those that name a day of receipt."""
    found: dict[UUID, list[Submission]] = defaultdict(list)
    statement = f"{_SUBMISSIONS} and r.received_on is not null" if on_paper else _SUBMISSIONS
    for report_id, *said in _rows(connection, statement, report_ids, at):
        found[report_id].append(Submission(*said))
    return {report_id: tuple(said) for report_id, said in found.items()}


def read_extensions(
    connection: Connection, report_ids: Iterable[UUID], at: Then = NOW
) -> dict[UUID, tuple[Extension, ...]]:
    """Those of whoever said so, by when they were accepted: whether one is void is for the domain to say."""
    found: dict[UUID, list[Extension]] = defaultdict(list)
    for report_id, *said in _rows(connection, _EXTENSIONS, report_ids, at):
        found[report_id].append(Extension(*said))
    return {report_id: tuple(said) for report_id, said in found.items()}


def read_figures(
    connection: Connection, report_ids: Iterable[UUID], at: Then = NOW
) -> dict[UUID, tuple[dict[str, int | None], bool]]:
    """(values, nil) of the revision that counts, by report id; what is silent is left out."""
    return {report_id: (values, nil) for report_id, values, nil in _rows(connection, _FIGURES, report_ids, at)}


def _rows(connection: Connection, statement: str, report_ids: Iterable[UUID], at: Then = NOW) -> list[tuple[Any, ...]]:
    ids = list(report_ids)
    rows = connection.execute(at.ask(statement, REPORTS), {"ids": ids, **at.given}).all() if ids else ()
    return [tuple(row) for row in rows]
