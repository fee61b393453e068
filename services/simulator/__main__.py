"""`python -m services.simulator play | plan`."""

import sys
import time
from pathlib import Path
from typing import Final

import click
import httpx
import msgspec
from rich.console import Console

from services.contracts.programme import Programme, ProgrammeFaults
from services.kit.clock import SystemClock
from services.kit.errors import Misconfigured
from services.kit.keys import SigningKey
from services.simulator import summary
from services.simulator.actions import Plan
from services.simulator.folder import read_sandbox
from services.simulator.options import NEW_FILE, Access, Orders, takes_access, takes_orders
from services.simulator.plan import make_plan
from services.simulator.play import THREADS, Result, Stage, play
from services.simulator.posting import Poster
from services.simulator.screen import progress, show
from services.simulator.tokens import Tokens, handed_in, issued
from services.simulator.truth import truths
from services.simulator.truth_file import read_truth, write_truth
from services.simulator.watching import Watcher

NOT_RIGHT: Final = 1
MISCONFIGURED: Final = 78
_ANSWER_WITHIN_S: Final = 15.0

as_json_option = click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON. / Print JSON.")


@click.group(help="Một thị xã trong hộp. / A town in a box.")
def main() -> None:
    pass


@main.command("plan")
@takes_orders
@as_json_option
@click.option("--out", type=NEW_FILE, help="Ghi kế hoạch (JSON Lines). / Save the plan.")
def plan_command(orders: Orders, *, as_json: bool, out: Path | None) -> None:
    """Lập kế hoạch và đáp án, không gửi gì. / Make the plan and the truth, and post nothing."""
    programme = _programme(orders)
    plan = _planned(programme, orders)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(summary.plan_lines(plan))
    told = summary.of_plan(plan, [truth for _, truth in read_truth(orders.truth_file)])
    if as_json:
        click.echo(msgspec.json.encode(told))
    else:
        Console().print(told)


@main.command("play")
@takes_orders
@takes_access
@as_json_option
def play_command(orders: Orders, *, access: Access, as_json: bool) -> None:
    """Chơi một năm qua API và so từng ô với đáp án. / Play a year and compare every cell with the truth.

    Mã thoát 0 chỉ khi không có khác biệt. / Exit code 0 only if there is no difference.
    """
    began = time.monotonic()
    programme = _programme(orders)
    tokens = _tokens(programme, access)
    plan = _planned(programme, orders)
    result = _played(programme, plan, orders, access, tokens)
    told = summary.of_play(result, time.monotonic() - began)
    if as_json:
        click.echo(msgspec.json.encode(told))
    else:
        show(Console(), programme, result, told["elapsed_s"])
    sys.exit(0 if result.right else NOT_RIGHT)


def _played(programme: Programme, plan: Plan, orders: Orders, access: Access, tokens: Tokens) -> Result:
    limits = httpx.Limits(max_connections=2 * THREADS, max_keepalive_connections=2 * THREADS)
    with httpx.Client(timeout=_ANSWER_WITHIN_S, limits=limits) as http, progress(len(plan.steps)) as told:
        stage = Stage(
            programme=programme,
            poster=Poster(http, access.urls, tokens),
            watcher=Watcher(http, access.serve_url, programme.id),
            clock_agency=access.clock_agency,
        )
        return play(stage, plan, read_truth(orders.truth_file), told)


def _planned(programme: Programme, orders: Orders) -> Plan:
    """The plan; its truth stands in its file when this returns."""
    plan = make_plan(programme, orders.seed, orders.months, orders.households_share)
    write_truth(orders.truth_file, plan.programme, plan.seed, truths(programme, plan))
    return plan


def _programme(orders: Orders) -> Programme:
    try:
        return read_sandbox(orders.folder, orders.programme_id)
    except ProgrammeFaults as error:
        for fault in error.faults:
            sys.stderr.write(f"{fault.file}:{fault.line}: {fault.message_vi} / {fault.message_en}\n")
        sys.exit(MISCONFIGURED)


def _tokens(programme: Programme, access: Access) -> Tokens:
    if (access.issuer_key is None) is (access.tokens_file is None):
        raise click.UsageError("Cần --issuer-key hoặc --tokens. / Give --issuer-key or --tokens.")
    try:
        if access.issuer_key is not None:
            return issued(SigningKey.load(access.issuer_key), programme, SystemClock())
        assert access.tokens_file is not None
        return handed_in(access.tokens_file)
    except Misconfigured as error:
        sys.stderr.writelines(f"{fault}\n" for fault in error.faults)
        sys.exit(MISCONFIGURED)


if __name__ == "__main__":
    main(prog_name="python -m services.simulator")
