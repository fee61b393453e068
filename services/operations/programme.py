"""`programme check`: a programme folder is right, or everything that is wrong with it is printed."""

import json
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import click

from services.contracts.programme import Fault, Programme, ProgrammeFaults, cells, parse
from services.kit.lazy import LazyGroup

Folder = click.Path(exists=True, file_okay=False, path_type=Path)

command = LazyGroup(
    name="programme",
    help="Kiểm tra và áp dụng một chương trình. / Check and apply a programme.",
    modules={"apply": "services.operations.programme_apply", "diff": "services.operations.programme_diff"},
)


def read_files(directory: Path) -> dict[str, bytes]:
    """The files of a programme folder by name; hidden files and sub-folders are no part of it."""
    files = (path for path in sorted(directory.iterdir()) if path.is_file() and not path.name.startswith("."))
    return {path.name: path.read_bytes() for path in files}


@command.command("check")
@click.argument("directory", type=Folder)
@click.option(
    "--log", "against_log", is_flag=True, help="So với phiên bản đang dùng. / Also against the active version."
)
@click.option(
    "--id", "programme_id", help="Mã của chương trình thử nghiệm (với --log). / The sandbox's id, with --log."
)
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON. / Print JSON.")
@click.pass_context
def check(ctx: click.Context, directory: Path, against_log: bool, programme_id: str | None, as_json: bool) -> None:
    """In mọi lỗi của DIRECTORY với tệp và dòng. / Print every fault of DIRECTORY with its file and line.

    Với --log, một định nghĩa đã đổi mà giữ số phiên bản cũng là lỗi. / With --log a definition that has changed under
    its version is one, too.
    """
    try:
        files = read_files(directory)
        programme = parse(files)
        if against_log:
            parse(files, _active(programme_id or programme.id))
    except ProgrammeFaults as error:
        click.echo(_faults_json(error.faults) if as_json else faults_text(directory, error.faults))
        ctx.exit(1)
    click.echo(json.dumps(_summary(programme), ensure_ascii=False) if as_json else _summary_text(programme))


def _active(programme_id: str) -> Programme | None:
    """The version on programme.v1 that holds now. A check without it must not wait for Kafka's client."""
    found: Programme | None = import_module("services.operations.programme_log").active(programme_id)
    return found


def _faults_json(faults: list[Fault]) -> str:
    return json.dumps({"ok": False, "faults": [asdict(fault) for fault in faults]}, ensure_ascii=False)


def faults_text(directory: Path, faults: list[Fault]) -> str:
    lines = [_fault_text(directory, fault) for fault in faults]
    return "\n".join([*lines, f"{len(faults)} lỗi / {len(faults)} faults"])


def _fault_text(directory: Path, fault: Fault) -> str:
    field = f"{fault.field}: " if fault.field else ""
    return f"{directory / fault.file}:{fault.line}: {field}{fault.message_vi}\n    {field}{fault.message_en}"


def _summary(programme: Programme) -> dict[str, object]:
    return {
        "ok": True,
        "programme": programme.id,
        "hash": programme.hash,
        "starts_on": programme.starts_on.isoformat(),
        "ends_on": programme.ends_on.isoformat(),
        "units": len(programme.units.by_id),
        "forms": len(programme.forms),
        "indicators": len(programme.indicators),
        "obligations": len(programme.obligations),
        "cells": sum(1 for _ in cells(programme)),
    }


def _summary_text(programme: Programme) -> str:
    days = f"{programme.starts_on:%d/%m/%Y} – {programme.ends_on:%d/%m/%Y}"
    counted = _summary(programme)
    numbers = (
        f"{counted['units']} đơn vị / units, {counted['forms']} biểu mẫu / forms, "
        f"{counted['indicators']} chỉ tiêu / indicators, {counted['obligations']} báo cáo phải nộp / obligations, "
        f"{counted['cells']} ô / cells"
    )
    lines = (
        f"{programme.id}: hợp lệ / valid ({days})",
        f"{programme.name.vi} / {programme.name.en}",
        numbers,
        f"hash {programme.hash}",
    )
    return "\n  ".join(lines)
