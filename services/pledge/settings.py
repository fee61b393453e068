"""PLEDGE_*"""

from dataclasses import dataclass
from pathlib import Path

from services.intake.settings import IntakeSettings


@dataclass(frozen=True, kw_only=True)
class PledgeSettings(IntakeSettings):
    bind: str = "127.0.0.1:8101"
    signer_keys_dir: Path = Path("var/keys/signers")
