"""The digest of what counts: every fact hashed, the hashes added up, so that no order and no memory is needed."""

from typing import Final

from services.reporting.store.views import COUNTED_FACTS

_FACT: Final = """
    select programme, unit, concat_ws('|', '{fact}', event_id, encode(body_hash, 'hex')) as fact
    from counting_{fact}
"""
_FACTS: Final = " union all ".join(_FACT.format(fact=fact) for fact in COUNTED_FACTS)

DIGEST: Final = """
with fact as (
    select programme, unit, concat_ws('|', 'event', event_id, encode(body_hash, 'hex'), type, source,
        extract(epoch from accepted_at), case when :recorded then extract(epoch from recorded_at) end) as fact
    from standing
    union all {facts}
    union all
    select programme, unit, concat_ws('|', 'signers', kind, group_id, day, case when :recorded then recorded_day end,
        sum(n)) as fact
    from signer_count
    group by programme, unit, kind, group_id, day, case when :recorded then recorded_day end
    having sum(n) <> 0
),
hashed as (select programme, unit, sha256(convert_to(fact, 'UTF8')) as hash from fact)
select programme, unit, count(*) as facts,
    sum(cast(cast('x' || encode(substr(hash, 1, 8), 'hex') as bit(64)) as bigint)) as one,
    sum(cast(cast('x' || encode(substr(hash, 9, 8), 'hex') as bit(64)) as bigint)) as two
from hashed group by programme, unit order by programme, unit
""".replace("{facts}", _FACTS)
