"""`token`: issue a bearer token, for a laptop, a test, or an agency that has no identity provider."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from services.kit.auth import Caller, issue
from services.kit.keys import SigningKey
from services.operations.keys import ISSUER

ROLES: Final = ("pledge", "report", "decide", "tip", "clock", "operator")
LAPTOP_KEYS: Final = Path("var/keys")


@click.command("token")
@click.option("--agency", required=True, help="ubnd-18115")
@click.option("--unit", required=True, help="Gốc của phạm vi. / Root of the subtree: 18115")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
@click.option("--actor", help="Mã cán bộ, nếu không: AGENCY-officer. / An opaque officer id, else AGENCY-officer.")
@click.option("--programme", help="Chỉ cho chương trình này. / For this programme only.")
@click.option("--sandbox", is_flag=True, help="Chỉ dùng để thử nghiệm. / Good for sandboxes only.")
@click.option("--days", type=click.IntRange(1, 366), default=1, show_default=True)
@click.option("--keys", type=click.Path(exists=True, file_okay=False, path_type=Path), default=LAPTOP_KEYS)
def command(*, days: int, keys: Path, roles: tuple[str, ...], agency: str, actor: str | None, **claims: Any) -> None:
    """In một mã truy cập. / Print a bearer token."""
    caller = Caller(agency, actor or f"{agency}-officer", roles=frozenset(roles), **claims)
    click.echo(issue(SigningKey.load(keys / ISSUER), caller, datetime.now(UTC), timedelta(days=days)))
