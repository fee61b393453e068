#!/usr/bin/env bash
# Makes .venv from the lock file. Argument: the Python to use (default python3). Called by `make setup`.
set -euo pipefail
python=${1:-python3}

fail() {
    echo "setup: $1" >&2
    exit 1
}

command -v "$python" >/dev/null || fail "'$python' was not found; Python 3.11 or newer is needed (PYTHON=/path/to/python3 names another)"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])') || fail "'$python' does not run"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "'$python' is Python $version, but 3.11 or newer is needed (PYTHON=/path/to/python3 names another)"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "'$python' lacks the venv module; on Debian or Ubuntu: apt install python$version-venv"

echo "setup: Python $version, installing the locked dependencies into .venv"
[ -x .venv/bin/python ] && .venv/bin/python -c 'import pip' 2>/dev/null || "$python" -m venv --clear .venv
.venv/bin/python -m pip install --disable-pip-version-check --only-binary :all: --require-hashes -r requirements-dev.lock
date >.venv/ready
