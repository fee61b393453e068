"""Views of a generation: what counts, decided by value from the copies that were read, never by arrival.

Of the copies of an event id the smallest (`accepted_at`, `body_hash`) counts and gives the winning body; equal ones
are told apart by their position only so that exactly one of them is called the counting copy. `counting_*` are the
facts of winning bodies with the instants of the counting copy. Selecting by event, report or tip id uses indexes.
"""

from typing import Final

_COLUMNS: Final = (
    "event_id, body_hash, accepted_at, recorded_at, logged_on, type, source, programme, unit, "
    "topic, partition, log_offset"
)
_ORDER: Final = "accepted_at, body_hash, topic, partition, log_offset"

_COPIES = """
create view {g}.copies as
    select {columns} from {g}.event union all select {columns} from {g}.copy
"""

_STANDING = """
create view {g}.standing as
    select distinct on (event_id) {columns} from {g}.copies order by event_id, {order}
"""

_COUNTING = """
    select f.*, w.accepted_at, w.recorded_at, w.source
    from {g}{fact} f
    cross join lateral (
        select c.body_hash, c.accepted_at, c.recorded_at, c.source
        from {g}copies c where c.event_id = f.event_id{copies} order by {order} limit 1
    ) w
    where w.body_hash = f.body_hash
"""


def counting(fact: str, *, schema: str = "", copies: str = "") -> str:
    """The facts of winning bodies; `copies` is a further condition ("and ...") on the copies `c` to choose among."""
    return _COUNTING.format(g=schema and f"{schema}.", fact=fact, copies=copies and f" {copies}", order=_ORDER)


COUNTED_FACTS: Final = (
    "sheet",
    "withdrawal",
    "report",
    "decision",
    "extension",
    "tip",
    "tip_move",
    "clock",
    "discard",
    "programme_part",
    "remark",
)

_LATEST_REPORT = """
create view {g}.latest_report as
    select distinct on (report_id) * from {g}.counting_report
    order by report_id, revision desc, accepted_at, event_id
"""

_OUTCOME = """
create view {g}.outcome as
    select c.event_id, c.topic, c.partition, c.log_offset, c.logged_on, c.source, c.programme, c.unit, c.type,
        case
            when c.body_hash <> w.body_hash then 'conflict'
            when (c.topic, c.partition, c.log_offset) <> (w.topic, w.partition, w.log_offset) then 'duplicate'
            when beaten.revision > r.revision then 'superseded'
            when beaten.event_id <> c.event_id then 'conflict'
            else 'applied'
        end as outcome
    from {g}.copies c
    join {g}.standing w on w.event_id = c.event_id
    left join {g}.report r
        on c.type = 'vn.binhyen.report.submitted' and r.event_id = c.event_id and r.body_hash = c.body_hash
    left join {g}.latest_report beaten on beaten.report_id = r.report_id
    union all
    select null, topic, partition, log_offset, logged_on, source, programme, unit, '',
        case when reason = 'corrupt' then 'corrupt' else 'rejected' end
    from {g}.reject
"""

_DEAD_LETTER = """
create view {g}.dead_letter as
    select r.*, case
        when exists (
            select from {g}.redriven v where (v.first_topic, v.first_partition, v.first_offset)
                = (r.first_topic, r.first_partition, r.first_offset)
        ) then 'redriven'
        when exists (
            select from {g}.counting_discard d where (d.topic, d.partition, d.log_offset)
                in ((r.first_topic, r.first_partition, r.first_offset), (r.topic, r.partition, r.log_offset))
        ) then 'discarded'
        else 'waiting'
    end as state
    from {g}.reject r
"""


def statements(schema: str) -> list[str]:
    """The statements that make every view of a generation, in order."""
    counted = [f"create view {schema}.counting_{fact} as {counting(fact, schema=schema)}" for fact in COUNTED_FACTS]
    first, last = [_COPIES, _STANDING], [_LATEST_REPORT, _OUTCOME, _DEAD_LETTER]
    made = [[view.format(g=schema, columns=_COLUMNS, order=_ORDER) for view in views] for views in (first, last)]
    return [*made[0], *counted, *made[1]]
