"""What the commands are told, the same words for each of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click

from services.simulator.actions import Service
from services.simulator.plan import MONTHS_IN_YEAR

TRUTH: Final = Path("var/simulator/truth.jsonl")
_FOLDER: Final = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE: Final = click.Path(dir_okay=False, path_type=Path)

Command = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Orders:
    """Which town is played, and where its truth is written."""

    folder: Path
    programme_id: str | None
    seed: int
    months: int
    households_share: float
    truth_file: Path


@dataclass(frozen=True, slots=True)
class Access:
    """Where the services are, and as whom they are asked."""

    urls: dict[Service, str]
    serve_url: str
    issuer_key: Path | None
    tokens_file: Path | None
    clock_agency: str


def takes_orders(command: Command) -> Command:
    """Gives a command its `Orders` as the first argument."""

    @wraps(command)
    def ordered(
        folder: Path,
        programme_id: str | None,
        seed: int,
        months: int,
        households_share: float,
        truth_file: Path,
        **others: Any,
    ) -> None:
        command(Orders(folder, programme_id, seed, months, households_share, truth_file), **others)

    return _with(
        ordered,
        click.option("--programme", "folder", type=_FOLDER, required=True, help="Thư mục chương trình. / Its folder."),
        click.option("--programme-id", help="Mã chương trình thử nghiệm, nếu khác. / Its id as a sandbox, if another."),
        click.option(
            "--seed", type=int, default=1, show_default=True, help="Cùng số, cùng năm. / Same seed, same year."
        ),
        click.option(
            "--months",
            type=click.IntRange(1, MONTHS_IN_YEAR),
            default=MONTHS_IN_YEAR,
            show_default=True,
            help="Số tháng đầu được chơi. / How many months are played.",
        ),
        click.option(
            "--households-share",
            type=click.FloatRange(0.0, 1.0, min_open=True),
            default=1.0,
            show_default=True,
            help="Phần số hộ được chơi. / The part of the households that is played.",
        ),
        click.option(
            "--truth",
            "truth_file",
            type=NEW_FILE,
            default=TRUTH,
            show_default=True,
            help="Tệp đáp án, ghi trước khi gửi. / The truth, written before anything is posted.",
        ),
    )


def takes_access(command: Command) -> Command:
    """Gives a command its `Access` as the argument `access`."""

    @wraps(command)
    def connected(
        *given: Any,
        pledge_url: str,
        intake_url: str,
        notify_url: str,
        serve_url: str,
        issuer_key: Path | None,
        tokens_file: Path | None,
        clock_agency: str,
        **others: Any,
    ) -> None:
        urls: dict[Service, str] = {"pledge": pledge_url, "intake": intake_url, "notify": notify_url}
        bare: dict[Service, str] = {service: url.rstrip("/") for service, url in urls.items()}
        access = Access(bare, serve_url.rstrip("/"), issuer_key, tokens_file, clock_agency)
        command(*given, access=access, **others)

    return _with(
        connected,
        click.option("--pledge-url", required=True),
        click.option("--intake-url", required=True, help="Tiếp nhận báo cáo. / Reporting intake."),
        click.option("--notify-url", required=True, help="Tiếp nhận tin tố giác. / Notify intake."),
        click.option("--serve-url", required=True, help="Trang kết quả. / Where statuses are read."),
        click.option("--issuer-key", type=_FILE, help="Khoá cấp mã truy cập (PEM). / The token issuer's private key."),
        click.option("--tokens", "tokens_file", type=_FILE, help="Hoặc tệp JSON {cơ quan: mã}. / Or a file of tokens."),
        click.option(
            "--clock-agency", default="operator", show_default=True, help="Ai chỉnh giờ. / Who sets the clock."
        ),
    )


def _with(command: Command, *options: Callable[[Command], Command]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
