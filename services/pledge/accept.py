"""From a posted sheet to its event. Pure: what identifies a signer goes in and does not come out."""

from collections.abc import Callable, Iterator
from uuid import UUID

from services.contracts.details import plain
from services.contracts.errors import Fault, fault
from services.contracts.events import Event, PledgeSigned, PledgeWithdrawn, Signer
from services.contracts.fields import SignerKind
from services.contracts.programme import Unit
from services.contracts.programme.ids import pledge_id
from services.contracts.requests import PledgeSheet, PostPledgeBatch, WithdrawPledge
from services.intake.posting import Posting
from services.intake.refusal import Refused, gathered
from services.pledge.identity import Place, SignerKey, SignerRefused, Token, token


def accept_sheet(sheet: PledgeSheet, posting: Posting, key: SignerKey) -> Event:
    """The sheet as an event; Refused with every fault of the sheet."""
    unit = posting.unit_of_day(sheet.unit, sheet.occurred_on)
    place = Place(posting.programme.id, sheet.group, _register(posting, unit, sheet.kind))
    tokens, faults = _tokens(sheet, place, key)
    faults += _sheet_faults(sheet, posting)
    if faults:
        raise Refused(faults)
    event = posting.event_id(PledgeSigned)
    return posting.sealed(
        PledgeSigned(
            programme=posting.programme.id,
            unit=unit.id,
            occurred_on=sheet.occurred_on,
            sheet_id=event,
            kind=sheet.kind,
            group=sheet.group,
            method=sheet.method,
            text_version=sheet.text_version,
            declared_count=sheet.declared_count,
            key_id=key.id,
            signers=list(_signers(sheet, tokens, event)),
            parties=sheet.parties,
            witness=sheet.witness,
        ),
        event,
    )


def accept_batch(batch: PostPledgeBatch, posting: Posting, key: SignerKey) -> list[Event]:
    """Every sheet as an event, in order, or Refused with the faults of all of them by index."""
    events: list[Event] = []
    refusals: list[tuple[str, Refused]] = list(_repeated_sheets(batch))
    for number, sheet in enumerate(batch.sheets):
        try:
            events.append(accept_sheet(sheet, posting.item(sheet.sheet), key))
        except Refused as refused:
            refusals.append((f"sheets[{number}]", refused))
    if refusals:
        raise gathered(refusals)
    return events


def accept_withdrawal(body: WithdrawPledge, posting: Posting, key: SignerKey) -> Event:
    """The end of a signature as an event. An organisation may withdraw after it has left the register."""
    unit = posting.unit_of_day(body.unit, body.withdrawn_on)
    try:
        found = token(body.kind, body.identity, Place(posting.programme.id, body.group, lambda _: True), key)
    except SignerRefused as refused:
        raise Refused([fault(refused.at, refused.code)]) from None
    if faults := posting.day_faults("withdrawn_on", body.withdrawn_on):
        raise Refused(faults)
    return posting.sealed(
        PledgeWithdrawn(
            programme=posting.programme.id,
            unit=unit.id,
            occurred_on=body.withdrawn_on,
            kind=body.kind,
            token=found.value,
            key_id=key.id,
            reason=body.reason,
        )
    )


def _register(posting: Posting, unit: Unit, kind: SignerKind) -> Callable[[str], bool]:
    """The register as a sheet of a kind asks it: pupils name their school, which is listed as an organisation."""
    asked = "organisation" if kind == "pupil" else kind

    def lists(register_id: str) -> bool:
        listed = posting.programme.organisations.get(register_id)
        return listed is not None and listed.unit == unit.id and listed.kind == asked

    return lists


def _tokens(sheet: PledgeSheet, place: Place, key: SignerKey) -> tuple[list[Token], list[Fault]]:
    """The signers' tokens in order, and what is wrong: unidentified signers and rows that name one signer."""
    tokens: list[Token] = []
    faults: list[Fault] = []
    rows: dict[bytes, int] = {}
    for number, signer in enumerate(sheet.signers):
        try:
            found = token(sheet.kind, signer.identity, place, key)
        except SignerRefused as refused:
            faults.append(fault(_at(number, refused.at), refused.code))
            continue
        first = rows.setdefault(found.value, number)
        if first != number:
            faults.append(fault(_at(number, "identity"), "same_signer", plain(f"{first + 1}, {number + 1}")))
        tokens.append(found)
    return tokens, faults


def _at(number: int, field: str) -> str:
    return f"signers[{number}].{field}" if field.startswith("identity") else field


def _sheet_faults(sheet: PledgeSheet, posting: Posting) -> list[Fault]:
    faults = posting.day_faults("occurred_on", sheet.occurred_on)
    for number, signer in enumerate(sheet.signers):
        if signer.signed_on is not None:
            faults += posting.day_faults(f"signers[{number}].signed_on", signer.signed_on)
    if sheet.declared_count < len(sheet.signers):
        faults.append(fault("declared_count", "too_few_declared"))
    return faults


def _signers(sheet: PledgeSheet, tokens: list[Token], event: UUID) -> Iterator[Signer]:
    for row, found in zip(sheet.signers, tokens, strict=True):
        yield Signer(
            pledge_id=pledge_id(event, found.value.hex()),
            token=found.value,
            basis=found.basis,
            signed_on=row.signed_on or sheet.occurred_on,
        )


def _repeated_sheets(batch: PostPledgeBatch) -> Iterator[tuple[str, Refused]]:
    first: dict[str, int] = {}
    for number, sheet in enumerate(batch.sheets):
        if first.setdefault(sheet.sheet, number) != number:
            detail = plain(f"{first[sheet.sheet] + 1}, {number + 1}")
            yield f"sheets[{number}]", Refused([fault("sheet", "same_sheet", detail)])
