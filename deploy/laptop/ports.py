"""Free ports of the loopback address."""

import os
import random
import socket
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Final

# Below the ports that systems hand to outgoing connections, so that none of those takes ours meanwhile.
_RANGE = range(20_000, 32_000)
CLAIM_S: Final = 120.0
"""So long a port is left to whoever chose it: a broker binds seconds later, and runs side by side choose as well."""
_CLAIMS = Path(tempfile.gettempdir()) / f"binh-yen-ports-{os.getuid()}"


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def is_open(port: int) -> bool:
    """True when something accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_ports(count: int, claims: Path = _CLAIMS) -> list[int]:
    """`count` different free ports that nobody else has just chosen, in random order. Raises OSError."""
    claims.mkdir(mode=0o700, exist_ok=True)
    shuffled = random.sample(_RANGE, len(_RANGE))
    found = list(islice((port for port in shuffled if is_free(port) and _claim(claims / str(port))), count))
    if len(found) < count:
        raise OSError("no free port on the loopback address")
    return found


def free_port() -> int:
    return free_ports(1)[0]


def _claim(claim: Path) -> bool:
    try:
        if time.time() - claim.stat().st_mtime > CLAIM_S:
            claim.unlink()
    except FileNotFoundError:
        pass
    try:
        claim.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
