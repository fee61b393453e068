"""Pictures of a tip: drawn anew, so that nothing but what is seen goes on: no place, no time, no camera, no owner."""

from collections.abc import Iterable
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from services.contracts.errors import fault
from services.intake.refusal import Refused

_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_PIXELS_MAX: Final = 40_000_000
"""What a phone takes; more is a bomb that would fill the memory when it is unpacked."""
_EDGE_MAX: Final = 2_048
_QUALITY: Final = 85


def redrawn(pictures: Iterable[bytes]) -> list[bytes]:
    """Each as a JPEG of at most 2,048 pixels an edge. Raises Refused that names the ones which are no pictures."""
    made, faults = [], []
    for number, picture in enumerate(pictures):
        try:
            made.append(_redrawn(picture))
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            faults.append(fault(f"images[{number}]", "not_a_picture"))
    if faults:
        raise Refused(faults)
    return made


def _redrawn(picture: bytes) -> bytes:
    with Image.open(BytesIO(picture), formats=_FORMATS) as found:
        if found.width * found.height > _PIXELS_MAX:
            raise ValueError("too many pixels")
        found.thumbnail((_EDGE_MAX, _EDGE_MAX))
        upright = ImageOps.exif_transpose(found).convert("RGB")
    bare = Image.frombytes("RGB", upright.size, upright.tobytes())
    drawn = BytesIO()
    bare.save(drawn, "JPEG", quality=_QUALITY)
    return drawn.getvalue()
