"""`python health.py live|ready`: asks the process in this container how it is; exit code 0 if well.

Run every few seconds beside every process, so it imports nothing that takes time to load.
"""

import socket
import sys

PORT = 8080
PATIENCE_S = 3


def well(check: str, port: int = PORT) -> bool:
    """Whether the check is answered with 200."""
    request = f"GET /health/{check} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as connection:
            connection.sendall(request.encode())
            return b" 200 " in connection.makefile("rb").readline()
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if well(sys.argv[1]) else 1)
