#!/usr/bin/env bash
# Writes both lock files anew: exact versions and hashes, no address of any index. Called by `make lock`.
set -euo pipefail
options=(--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links
    --no-header --no-annotate --quiet "$@")
.venv/bin/uv pip compile pyproject.toml "${options[@]}" --output-file requirements.lock
.venv/bin/uv pip compile pyproject.toml --extra dev "${options[@]}" --output-file requirements-dev.lock
echo "lock: requirements.lock and requirements-dev.lock written"
