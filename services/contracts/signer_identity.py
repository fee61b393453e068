"""Who signed, as it is posted: the only place where a signer is named. Pledge makes a token of it and forgets it."""

from typing import Annotated, ClassVar

from msgspec import Meta

from services.contracts.errors import Unfit
from services.contracts.events import Value
from services.contracts.fields import OrganisationId

RegisterNumber = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=40,
        extra={"class": "personal"},
        extra_json_schema={"examples": ["HK-000123"]},
    ),
]

Address = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=200,
        extra={"class": "personal"},
        extra_json_schema={"examples": ["Số 1, ngõ 2"]},
    ),
]

CitizenNumber = Annotated[
    str,
    Meta(
        pattern="^[0-9 .]{9,20}(?![\\s\\S])",
        max_length=20,
        extra={"class": "personal"},
        extra_json_schema={"examples": ["042 000 000 123"]},
    ),
]

RollNumber = Annotated[
    str,
    Meta(min_length=1, max_length=40, extra={"class": "personal"}, extra_json_schema={"examples": ["7A-12"]}),
]

PersonalName = Annotated[
    str,
    Meta(min_length=2, max_length=120, extra={"class": "personal"}, extra_json_schema={"examples": ["Họ và tên"]}),
]

BirthDate = Annotated[
    str,
    Meta(
        pattern="^[0-9]{4}(?:-[0-9]{2}-[0-9]{2})?(?![\\s\\S])",
        max_length=10,
        extra={"class": "personal"},
        extra_json_schema={"examples": ["1980-01-01"]},
    ),
]
"""Of old people the year is often all that their papers say."""


class SignerIdentity(Value, frozen=True, kw_only=True):
    """Who signed, by exactly one basis.

    Household: register number, else address. Individual, official: citizen number, else address with full name and
    birth date. Pupil: roll number with the register id of the school. Clan: its name. Organisation, business: its
    register id. An address and a clan are those of the sheet's group, except where a full name stands beside.
    """

    exactly_one: ClassVar[tuple[str, ...]] = (
        "register_number",
        "address",
        "register_id",
        "citizen_number",
        "roll_number",
        "clan_name",
    )

    register_number: RegisterNumber | None = None
    address: Address | None = None
    register_id: OrganisationId | None = None
    citizen_number: CitizenNumber | None = None
    roll_number: RollNumber | None = None
    clan_name: PersonalName | None = None
    school: OrganisationId | None = None
    full_name: PersonalName | None = None
    birth_date: BirthDate | None = None

    def __post_init__(self) -> None:
        if sum(getattr(self, name) is not None for name in self.exactly_one) != 1:
            raise Unfit("", "exactly_one", ", ".join(self.exactly_one))
