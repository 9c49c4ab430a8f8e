from __future__ import annotations

import pytest
import torch

from mm_robot.data.instructions import Instruction, Step
from mm_robot.errors import InputError
from mm_robot.training.batches import text_batch
from mm_robot.training.placement import AUTO, chosen_device, on_device
from mm_robot.types import Skill


def test_a_gpu_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for there, expected in ((True, "cuda"), (False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda there=there: there)
        assert chosen_device(AUTO).type == expected


@pytest.mark.parametrize("name", ["gpu", "cuda:77", "", "cpu:x"])
def test_a_device_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(InputError, match=f"no device {name} here .*use auto, cpu or cuda"):
        chosen_device(name)


def test_a_batch_is_moved_with_all_its_parts() -> None:
    batch = text_batch([Instruction("go", (Step((Skill.GO_TO,)),))], [0])
    moved = on_device(batch, torch.device("meta"))
    assert type(moved) is type(batch)
    assert moved.skill.device.type == moved.wanted.rgb.device.type == "meta"
    assert batch.skill.device.type == "cpu"
