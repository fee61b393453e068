"""The README's first command, with a year of one month."""

import os
import subprocess
import sys
from pathlib import Path

from deploy.laptop import places


def test_the_demo_plays_and_ends_by_itself_with_every_status_right_and_nothing_left_running(tmp_path: Path) -> None:
    var = tmp_path / "var"
    done = subprocess.run(
        [sys.executable, "-m", "deploy.laptop", "demo", "--once", "--months", "1"],
        cwd=places.ROOT,
        env={**os.environ, "LAPTOP_VAR_DIR": str(var)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Thị xã Hồng Lĩnh" in done.stdout
    assert "http://127.0.0.1:" in done.stdout
    processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(var) not in processes


def test_every_make_target_of_the_readme_exists() -> None:
    named = {
        line.split()[1] for line in (places.ROOT / "README.md").read_text().splitlines() if line.startswith("make ")
    }
    listed = subprocess.run(["make", "help"], cwd=places.ROOT, capture_output=True, text=True, check=True).stdout
    assert named
    assert named <= {line.split()[0] for line in listed.splitlines() if line.strip()}
