"""Millions of signers already known, made in the database itself: in a generation of ours, and in a bare table."""

from typing import Final

from sqlalchemy import Connection, text

from bench.signed_sheets import PROGRAMME_ID, WARDS
from services.reporting.store import generations

_SIGNERS_OF_A_SHEET: Final = 200
_WARD: Final = "(cast(:wards as text[]))[1 + n % cardinality(cast(:wards as text[]))]"
_FILL: Final = f"""
    insert into signer (programme, kind, token, event_id, body_hash, unit, group_id, signed_on)
    select :programme, 'household', decode(md5('known ' || n), 'hex'), cast(md5('sheet ' || n / :of_a_sheet) as uuid),
        sha256(cast('sheet ' || n / :of_a_sheet as bytea)), {_WARD},
        '', date '2024-02-01' + n % 28
    from generate_series(1, :number) as n
"""
_FILL_BARE: Final = f"""
    insert into bare.signer
    select {_WARD}, 'household', decode(md5('known ' || n), 'hex')
    from generate_series(1, :number) as n
"""


def fill(connection: Connection, generation: int, number: int) -> None:
    """The index is made once, after the rows: put in one by one in no order, they would take minutes."""
    bound = generations.bind(connection, generation)
    bound.execute(text("set local maintenance_work_mem = '512MB'"))
    bound.execute(text("alter table signer drop constraint signer_pkey"))
    named = {"programme": PROGRAMME_ID, "wards": list(WARDS), "of_a_sheet": _SIGNERS_OF_A_SHEET, "number": number}
    bound.execute(text(_FILL), named)
    bound.execute(text("alter table signer add primary key (programme, kind, token)"))
    bound.execute(text("analyze signer"))


def fill_bare(connection: Connection, number: int) -> None:
    """The table of the bare statement: a ward, a kind, a token, and nothing else."""
    connection.execute(text("set local maintenance_work_mem = '512MB'"))
    connection.execute(text("create schema bare"))
    connection.execute(
        text('create table bare.signer (ward text collate "C", kind text collate "C", token bytea not null)')
    )
    connection.execute(text(_FILL_BARE), {"wards": list(WARDS), "number": number})
    connection.execute(text("alter table bare.signer add primary key (ward, kind, token)"))
    connection.execute(text("analyze bare.signer"))
