"""What a publication binds together: the values of its units, by one digest."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

import msgspec

from services.contracts.events import PublishedValue

_ENCODER = msgspec.json.Encoder(order="sorted")


def digest_of(values: Mapping[str, Sequence[PublishedValue]]) -> str:
    """SHA-256 over the values by unit id, units and indicators in the order of their codes: hexadecimal."""
    ordered = [(unit, sorted(values[unit], key=lambda one: one.indicator)) for unit in sorted(values)]
    return sha256(_ENCODER.encode(ordered)).hexdigest()
