"""The official AsyncAPI parser: one file of its npm package."""

import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.support.npm import Package, node

PACKAGE: Final = Package(
    "@asyncapi/parser",
    "3.6.3",
    "sha512-MUC8xIUMcS2qNvqrqyx/ie0txu3d/OdIsrXs7UCzawdyR6P07gh35DpOqPz/z57s1UA3vERVpcheZYl3h8cVtw==",
)
BUNDLE: Final = "package/browser/index.js"
"""The parser with all that it needs: its 168 dependencies need not be installed."""
SCRIPT: Final = Path(__file__).with_suffix(".cjs")


@dataclass(frozen=True)
class Parser:
    bundle: Path

    def faults(self, document: Any) -> list[dict[str, Any]]:
        """Errors, warnings and hints alike; empty for a document without fault."""
        faults: list[dict[str, Any]] = json.loads(node(SCRIPT, str(self.bundle), given=json.dumps(document)))
        return faults


def fetch(cache: Path, folder: Path) -> Parser:
    """The parser, unpacked into `folder`."""
    bundle = folder / "asyncapi-parser.js"
    with tarfile.open(PACKAGE.fetch(cache)) as packed:
        found = packed.extractfile(BUNDLE)
        assert found is not None
        bundle.write_bytes(found.read())
    return Parser(bundle)
