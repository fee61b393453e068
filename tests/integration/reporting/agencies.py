"""What agencies say of one programme: the data of events, for tests of the evaluator."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from uuid import UUID

from services.contracts.events import (
    Event,
    ObligationExtended,
    PledgeSigned,
    ReportApproved,
    ReportReturned,
    ReportSubmitted,
    Signer,
    TipMoved,
    TipReceived,
)
from services.contracts.fields import TipStep
from services.contracts.programme import Programme


class Agencies:
    """All of them together."""

    programme: Programme

    def report(self, form: str, unit: str, period: str, revision: int = 1, **values: int | None) -> ReportSubmitted:
        owed = self.programme.obligations_of[form, unit, period]
        return ReportSubmitted(
            programme=self.programme.id,
            unit=unit,
            occurred_on=date(2024, 1, 2),
            report_id=owed.report_id,
            form=form,
            period=period,
            owner=owed.owner,
            revision=revision,
            received_via="software",
            values=values,
        )

    def returned(self, of: Event) -> ReportReturned:
        data = of.data
        assert isinstance(data, ReportSubmitted)
        return ReportReturned(
            programme=data.programme,
            unit=data.unit,
            occurred_on=data.occurred_on,
            report_id=data.report_id,
            revision=data.revision,
            body_hash=of.body_hash.hex(),
            reason="incomplete",
        )

    def approved(self, of: Event) -> ReportApproved:
        said = self.returned(of)
        return ReportApproved(
            programme=said.programme,
            unit=said.unit,
            occurred_on=said.occurred_on,
            report_id=said.report_id,
            revision=said.revision,
            body_hash=said.body_hash,
        )

    def extended(self, of: ReportSubmitted, until: date) -> ObligationExtended:
        return ObligationExtended(
            programme=of.programme,
            unit=of.unit,
            occurred_on=of.occurred_on,
            report_id=of.report_id,
            until=until,
            reason="storm",
        )

    def sheet(self, unit: str, signed_on: date, tokens: Sequence[int], chance: Random | None = None) -> PledgeSigned:
        chance = chance or Random()
        signers = [
            Signer(
                pledge_id=UUID(int=chance.getrandbits(128)),
                token=token.to_bytes(16),
                basis="register_number",
                signed_on=signed_on,
            )
            for token in tokens
        ]
        return PledgeSigned(
            programme=self.programme.id,
            unit=unit,
            occurred_on=signed_on,
            sheet_id=UUID(int=chance.getrandbits(128)),
            kind="household",
            method="paper",
            text_version="2024.1",
            declared_count=len(signers),
            key_id="key-1",
            signers=signers,
        )

    def tip(self, unit: str, on: date, tip_id: UUID) -> TipReceived:
        return TipReceived(
            programme=self.programme.id,
            unit=unit,
            occurred_on=on,
            tip_id=tip_id,
            category="use",
            channel="hotline",
            due_on=on + timedelta(days=20),
        )

    def handover(self, unit: str, on: date, tip_id: UUID) -> TipMoved:
        return self.act("handed_over", unit, on, tip_id)

    def closing(self, unit: str, on: date, tip_id: UUID) -> TipMoved:
        return self.act("closed", unit, on, tip_id)

    def act(self, step: TipStep, unit: str, on: date, tip_id: UUID) -> TipMoved:
        return TipMoved(programme=self.programme.id, unit=unit, occurred_on=on, tip_id=tip_id, step=step)
