"""Free ports of the loopback address."""

import random
import socket
from itertools import islice

# Below the ports that systems hand to outgoing connections, so that none of those takes ours meanwhile.
_RANGE = range(20_000, 32_000)


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


def free_ports(count: int) -> list[int]:
    """`count` different free ports, in random order so that runs side by side do not meet."""
    shuffled = random.sample(_RANGE, len(_RANGE))
    found = list(islice(filter(is_free, shuffled), count))
    if len(found) < count:
        raise OSError("no free port on the loopback address")
    return found


def free_port() -> int:
    return free_ports(1)[0]
