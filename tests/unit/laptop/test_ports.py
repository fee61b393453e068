"""Ports that are chosen now and bound seconds later."""

import os
import time
from pathlib import Path

import pytest

from deploy.laptop import ports
from deploy.laptop.ports import CLAIM_S, free_ports


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_RANGE", range(31_900, 31_940))
    monkeypatch.setattr(ports, "is_free", lambda _: True)


@pytest.mark.usefixtures("few")
def test_a_port_is_chosen_once_although_nobody_has_bound_it_yet(tmp_path: Path) -> None:
    chosen = [*free_ports(25, tmp_path), *free_ports(15, tmp_path)]
    assert len(set(chosen)) == 40
    with pytest.raises(OSError, match="no free port"):
        free_ports(1, tmp_path)


@pytest.mark.usefixtures("few")
def test_what_was_chosen_long_ago_and_is_free_may_be_chosen_again(tmp_path: Path) -> None:
    free_ports(40, tmp_path)
    long_ago = time.time() - CLAIM_S - 1
    os.utime(tmp_path / "31910", (long_ago, long_ago))
    assert free_ports(1, tmp_path) == [31_910]
