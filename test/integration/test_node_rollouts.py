"""Episodes through the real nodes, as ``mm_robot evaluate rollout --ros`` runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mm_robot.demo.rollout import node_rollouts
from mm_robot.training.episodes import parse_episode
from mm_robot.training.evaluate import evaluate_episodes

pytestmark = pytest.mark.timeout(180)


def test_the_nodes_are_judged_like_the_core(tmp_path: Path) -> None:
    turn = {"text": "turn left 90 degrees", "seed": 3, "expect": {"outcome": "turn", "degrees": 90}}
    wrong = turn | {"expect": {"outcome": "turn", "degrees": -90}}
    blank = turn | {"text": " "}
    episodes = [parse_episode(row) for row in (turn, wrong, blank)]
    with node_rollouts("embedded", speak=False, log=tmp_path / "nodes.log") as nodes:
        report = evaluate_episodes(episodes, "embedded", traces=tmp_path / "traces", run=nodes.run)
    assert [row["success"] for row in report["rows"]] == [True, False, False]
    assert [row["state"] for row in report["rows"]] == ["done", "done", "unheard"]
    assert report["errors"] == 0
    assert sorted(path.name for path in (tmp_path / "traces").iterdir()) == [f"0000{i}.npz" for i in range(3)]
