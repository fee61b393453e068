"""A picture is drawn anew: what is seen stays, what the camera wrote beside it goes."""

from io import BytesIO

import pytest
from PIL import Image

from services.intake.refusal import Refused
from services.notify.intake.pictures import redrawn

GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


def photograph(kind: str = "JPEG", size: tuple[int, int] = (60, 40), orientation: int = 1) -> bytes:
    picture, written = Image.new("RGB", size, "red"), BytesIO()
    exif = Image.Exif()
    exif[MAKER] = "Canary phone"
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS)[2] = (18.0, 31.0, 59.0)
    picture.save(written, kind, exif=exif.tobytes())
    return written.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_picture_goes_on(kind: str) -> None:
    before = photograph(kind)
    assert b"Canary" in before
    [after] = redrawn([before])
    assert b"Canary" not in after
    with Image.open(BytesIO(after)) as seen:
        assert (seen.format, seen.size, dict(seen.getexif())) == ("JPEG", (60, 40), {})
        assert not {"exif", "icc_profile", "comment", "xmp"} & seen.info.keys()


def test_a_picture_taken_sideways_stands_upright() -> None:
    with Image.open(BytesIO(redrawn([photograph(orientation=6)])[0])) as seen:
        assert seen.size == (40, 60)


def test_a_large_one_is_made_smaller() -> None:
    with Image.open(BytesIO(redrawn([photograph(size=(4_000, 100))])[0])) as seen:
        assert max(seen.size) == 2_048


@pytest.mark.parametrize("bad", [b"", b"GIF89a", b"\xff\xd8\xff", photograph()[:-200], b"<svg/>"])
def test_what_is_no_picture_is_named_by_its_place(bad: bytes) -> None:
    with pytest.raises(Refused) as refused:
        redrawn([photograph(), bad])
    assert [(one.field, one.code) for one in refused.value.faults] == [("images[1]", "not_a_picture")]


def test_one_that_would_fill_the_memory_is_refused_before_it_is_unpacked() -> None:
    bomb = BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    with pytest.raises(Refused):
        redrawn([bomb.getvalue()])
