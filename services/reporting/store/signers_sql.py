"""The statements of `signers.py`, in the order they run. Temporary tables live in the session and empty at commit."""

from typing import Final

TEMPORARY: Final = (
    """
    create temporary table if not exists incoming (
        programme text collate "C", kind text collate "C", token bytea, unit text collate "C",
        group_id text collate "C", signed_on date, recorded_day date, event_id uuid, body_hash bytea, plain boolean
    ) on commit delete rows
    """,
    """
    create temporary table if not exists fresh (
        programme text collate "C", kind text collate "C", token bytea
    ) on commit delete rows
    """,
    """
    create temporary table if not exists touched_before (
        programme text collate "C", kind text collate "C", token bytea
    ) on commit delete rows
    """,
    """
    create temporary table if not exists moved (
        programme text collate "C", kind text collate "C", unit text collate "C", group_id text collate "C",
        day date, recorded_day date, n bigint
    ) on commit delete rows
    """,
)


INCOMING_SHEETS: Final = """
insert into incoming
select s.programme, s.kind, substr(s.tokens, 16 * i + 1, 16), s.unit, s.group_id,
    date '2018-01-01'
        + (get_byte(s.days, 3 * i) * 256 + get_byte(s.days, 3 * i + 1)) * 256 + get_byte(s.days, 3 * i + 2),
    s.recorded_day, s.event_id, s.body_hash, s.plain
from staged_sheet s cross join lateral generate_series(0, length(s.tokens) / 16 - 1) as i
"""

TOUCH_MOVED: Final = """
insert into incoming (programme, kind, token, plain)
select s.programme, s.kind, substr(s.tokens, 16 * i + 1, 16), false
from sheet s cross join lateral generate_series(0, length(s.tokens) / 16 - 1) as i
where s.event_id = any(cast(:ids as uuid[]))
"""

INCOMING_WITHDRAWALS: Final = """
insert into incoming (programme, kind, token, plain)
select programme, kind, token, false from withdrawal where event_id = any(cast(:ids as uuid[]))
"""

LOCK_TOKENS: Final = """
with added as (
    insert into signer (programme, kind, token, event_id, body_hash, unit, group_id, signed_on)
    select distinct on (programme, kind, token)
        programme, kind, token, event_id, body_hash, unit, group_id, signed_on
    from incoming order by programme, kind, token, signed_on nulls last, event_id, body_hash
    on conflict (programme, kind, token) do update set token = excluded.token where false
    returning programme, kind, token
)
insert into fresh select programme, kind, token from added
"""
"""A row that is there is locked, not written: `where false`."""

FIND_TOUCHED_BEFORE: Final = """
insert into touched_before
select i.programme, i.kind, i.token
from incoming i left join fresh f on (f.programme, f.kind, f.token) = (i.programme, i.kind, i.token)
group by i.programme, i.kind, i.token
having count(*) > 1 or not bool_and(i.plain) or bool_or(f.token is null)
"""

ADD_SIGNATURES: Final = """
insert into signature (programme, kind, token, event_id, body_hash, unit, group_id, signed_on)
select i.programme, i.kind, i.token, i.event_id, i.body_hash, i.unit, i.group_id, i.signed_on
from incoming i
join touched_before t on (t.programme, t.kind, t.token) = (i.programme, i.kind, i.token)
join signer s on (s.programme, s.kind, s.token) = (i.programme, i.kind, i.token)
where i.unit is not null and (s.event_id, s.body_hash) is distinct from (i.event_id, i.body_hash)
on conflict do nothing
"""

COUNT_PLAIN: Final = """
insert into moved
select i.programme, i.kind, i.unit, i.group_id, i.signed_on, i.recorded_day, count(*)
from incoming i
where not exists (
    select from touched_before t where (t.programme, t.kind, t.token) = (i.programme, i.kind, i.token)
)
group by i.programme, i.kind, i.unit, i.group_id, i.signed_on, i.recorded_day
"""

HISTORY: Final = """
select s.programme, s.kind, s.token, s.event_id, s.body_hash, s.unit, s.group_id, s.signed_on as day
from touched_before t
join signer s on (s.programme, s.kind, s.token) = (t.programme, t.kind, t.token) and s.unit is not null
union all
select s.programme, s.kind, s.token, s.event_id, s.body_hash, s.unit, s.group_id, s.signed_on
from touched_before t join signature s on (s.programme, s.kind, s.token) = (t.programme, t.kind, t.token)
union all
select w.programme, w.kind, w.token, w.event_id, w.body_hash, null, null, w.on_day
from touched_before t join withdrawal w on (w.programme, w.kind, w.token) = (t.programme, t.kind, t.token)
"""

MOVE: Final = """
insert into moved
select * from unnest(
    cast(:programme as text[]), cast(:kind as text[]), cast(:unit as text[]), cast(:group_id as text[]),
    cast(:day as date[]), cast(:recorded_day as date[]), cast(:n as int8[])
)
"""

ADD_COUNTS: Final = """
insert into signer_count as c (programme, kind, unit, group_id, day, recorded_day, n)
select programme, kind, unit, group_id, day, recorded_day, sum(n) from moved
group by 1, 2, 3, 4, 5, 6 having sum(n) <> 0 order by 1, 2, 3, 4, 5, 6
on conflict (programme, kind, unit, group_id, day, recorded_day) do update set n = c.n + excluded.n
"""

MARK_UNITS: Final = """
insert into mark (programme, unit, source, since)
select programme, unit, 'pledge:' || kind, min(day) from moved where n <> 0
group by programme, unit, kind order by programme, unit, kind
"""
