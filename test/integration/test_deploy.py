"""``mm_robot deploy``: another checkpoint on a running robot."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from policy_rig import Partner, SteadyPolicy, rig, wait_for

from mm_robot.errors import CheckpointError
from mm_robot.model.policy import checkpoint_folder
from mm_robot.nodes.policy import PolicyNode

Loads = list[str]


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    return Path(shutil.copytree(checkpoint_folder("embedded"), tmp_path / "retrained"))


@pytest.fixture
def driving(ros_domain: int) -> Iterator[tuple[PolicyNode, Partner, Loads]]:
    loads: Loads = []

    def load(source: str, *_: object) -> SteadyPolicy:
        loads.append(source)
        if source.endswith("elsewhere"):
            raise CheckpointError(f"{source} is not a checkpoint folder")
        return SteadyPolicy()

    with rig(ros_domain, load) as (node, partner):
        wait_for(lambda: partner.status.get("policy") == "loaded", "the policy to be loaded")
        yield node, partner, loads


def deploy(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mm_robot.cli", "deploy", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_a_checkpoint_takes_over_and_may_be_deployed_again(
    driving: tuple[PolicyNode, Partner, Loads], checkpoint: Path
) -> None:
    for _ in range(2):
        done = deploy(str(checkpoint))
        assert done.returncode == 0, done.stderr
        assert str(checkpoint) in done.stdout and "configuration" in done.stdout
    assert driving[2] == ["embedded", str(checkpoint), str(checkpoint)]
    assert driving[1].status["policy_source"] == str(checkpoint)


def test_what_is_broken_here_or_there_changes_nothing(
    driving: tuple[PolicyNode, Partner, Loads], checkpoint: Path
) -> None:
    (checkpoint / "config.json").unlink()
    done = deploy(str(checkpoint))
    assert done.returncode == 2 and "config.json" in done.stderr
    assert driving[2] == ["embedded"]
    done = deploy("/elsewhere", "--unchecked")
    assert done.returncode == 2
    assert "/elsewhere was not loaded, embedded goes on" in done.stderr
    assert driving[1].status["policy_source"] == "embedded"


def test_a_node_that_is_not_there_is_named(ros_domain: int) -> None:
    done = deploy("embedded", "--unchecked", "--node", "nobody")
    assert done.returncode == 2
    assert "no node offers" in done.stderr and "--node" in done.stderr
