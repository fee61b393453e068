"""Where things lie on a laptop."""

import os
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def var_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """Data of this clone: broker, database, logs. LAPTOP_VAR_DIR moves it."""
    return Path(environment.get("LAPTOP_VAR_DIR") or ROOT / "var").absolute()


def cache_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """What all clones of a person share: the broker's jars. LAPTOP_CACHE_DIR moves it."""
    if named := environment.get("LAPTOP_CACHE_DIR"):
        return Path(named).absolute()
    base = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).absolute() / "binh-yen"
