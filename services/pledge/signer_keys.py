"""The secrets behind signers' tokens: one key a programme, in <folder>/<programme>/<key id>.key."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.kit.errors import Unavailable
from services.kit.logs import get_logger
from services.pledge.identity import SignerKey

KEY_BYTES: Final = 32


@dataclass(frozen=True)
class SignerKeys:
    """Read when first asked for and kept: a programme may be applied, and given its key, while we run."""

    folder: Path
    _known: dict[str, SignerKey] = field(default_factory=dict, repr=False)

    def of(self, programme: str) -> SignerKey:
        """Raises Unavailable unless there is exactly one key: with two, one signer would have two tokens."""
        if programme not in self._known:
            self._known[programme] = self._read(programme)
        return self._known[programme]

    def _read(self, programme: str) -> SignerKey:
        paths = sorted((self.folder / programme).glob("*.key"))
        secrets = [path.read_bytes() for path in paths]
        if len(secrets) != 1 or len(secrets[0]) != KEY_BYTES:
            get_logger().error("no signer key", programme=programme, keys=len(paths))
            raise Unavailable("signer key", retry_after_s=30)
        return SignerKey(paths[0].stem, secrets[0])
