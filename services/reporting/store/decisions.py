"""Which decisions on a report bind: those on exactly its revision and body, by another person than who reported.

Whatever does not bind is void. An officer who is not named is taken to be another person: the door has compared the
agencies. Of the decisions that bind the latest counts.
"""

from typing import Final

_BINDS: Final = "d.report_body_hash = r.body_hash and (d.actor = r.actor) is not true"

LATEST_DECISION: Final = f"""
    select d.kind, d.event_id, d.source from counting_decision d
    where d.report_id = r.report_id and d.revision = r.revision and {_BINDS}
    order by d.accepted_at desc, d.event_id desc limit 1
"""  # noqa: S608 - words from above
"""`kind`, `event_id` and `source` (the agency) of the decision that counts on the report `r`, for a lateral join."""

VOID_DECISIONS: Final = f"""
    select count(*) as n from counting_decision d
    where d.report_id = r.report_id and d.revision = r.revision and not ({_BINDS})
"""  # noqa: S608 - words from above
"""How many decisions on this revision of the report `r` are void, for a lateral join."""

IS_VOID: Final = f"""
    select not ({_BINDS}) as void from counting_report r
    where r.report_id = d.report_id and r.revision = d.revision
    order by r.accepted_at, r.event_id limit 1
"""  # noqa: S608 - words from above
"""Whether the decision `d` is void, for a lateral join; no row as long as its revision has not been read."""
