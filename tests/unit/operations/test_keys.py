"""Keys are made once: a second run makes what is missing and touches nothing."""

from pathlib import Path

from click.testing import CliRunner

from services.kit.auth import Verifier
from services.kit.clock import SystemClock
from services.kit.keys import KeySet
from services.kit.receipts import Signer
from services.operations import keys, token
from services.pledge.signer_keys import SignerKeys

PROGRAMMES = ["hong-linh-2024", "hong-linh-thu"]


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_second_run_changes_no_key(tmp_path: Path) -> None:
    made = keys.init(tmp_path, PROGRAMMES, "20240101")
    before = contents(tmp_path)
    assert set(before) == set(made)
    assert keys.init(tmp_path, PROGRAMMES, "20250101") == []
    assert contents(tmp_path) == before


def test_only_the_owner_reads_a_secret(tmp_path: Path) -> None:
    for path in keys.init(tmp_path, PROGRAMMES, "20240101"):
        assert path.name == keys.JWKS or path.stat().st_mode & 0o077 == 0


def test_the_services_can_use_the_keys(tmp_path: Path) -> None:
    keys.init(tmp_path, PROGRAMMES, "20240101")
    assert Signer.load(tmp_path / keys.RECEIPTS).jwks()["keys"][0]["kid"] == "receipts-20240101"
    signer_keys = SignerKeys(tmp_path / keys.SIGNERS)
    secrets = {signer_keys.of(programme).secret for programme in PROGRAMMES}
    assert len(secrets) == 2
    assert {len(secret) for secret in secrets} == {32}


def test_a_printed_token_is_good_for_what_it_says(tmp_path: Path) -> None:
    keys.init(tmp_path, [], "20240101")
    asked = ["--agency", "ca-18115", "--unit", "18115", "--role", "tip", "--role", "report", "--sandbox"]
    printed = CliRunner().invoke(token.command, [*asked, "--keys", str(tmp_path)])
    assert printed.exit_code == 0, printed.output
    caller = Verifier(KeySet(tmp_path / keys.JWKS), SystemClock()).verify(printed.output.strip())
    assert (caller.agency, caller.unit, caller.roles) == ("ca-18115", "18115", frozenset({"tip", "report"}))
    assert caller.sandbox


def test_a_programmes_name_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    refused = CliRunner().invoke(keys.command, ["init", str(tmp_path / "keys"), "-p", "../elsewhere"])
    assert refused.exit_code == 2
    assert not (tmp_path / "elsewhere").exists()
