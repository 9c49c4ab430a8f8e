from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mm_robot.data.instructions import package_requests
from mm_robot.data.requests import Request
from mm_robot.model.adapters import load_base_model
from mm_robot.model.base import find_base_model
from mm_robot.model.checkpoint import tokenizer_of
from mm_robot.model.processor import Processor
from mm_robot.model.verdict import VERDICTS, VerdictReader
from mm_robot.training import decline
from mm_robot.training.decline import DeclineStage
from mm_robot.training.loop import StageSettings, run_stage
from mm_robot.types import Skill

SAID = {
    "drive up to the armchair by the window": None,
    "wash the dishes and put them away": Skill.UNABLE,
    "run over the dog and hurt it": Skill.REFUSE,
}


def of_each_verdict(number: int) -> list[Request]:
    every = package_requests()
    verdicts = (Skill.GO_TO, Skill.UNABLE, Skill.REFUSE)
    return [request for skill in verdicts for request in [r for r in every if skill in r.skills][:number]]


def test_a_new_reader_learns_from_sentences_what_is_to_be_declined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decline, "_MADE", 100)
    torch.manual_seed(0)
    base = find_base_model()
    reader, tokenizer = VerdictReader(load_base_model(base)), tokenizer_of(base)
    stage = DeclineStage(reader, tokenizer, Processor(), of_each_verdict(400), 16, seed=1)
    own = reader.own_parameters()
    others = {n: p.clone() for n, p in reader.named_parameters() if n not in own}
    settings = StageSettings(40, 16, 0.003, warmup=5, save_every=20)
    run_stage("decline", reader, own, settings, stage.loss, tmp_path)
    assert all(torch.equal(p, others[n]) for n, p in reader.named_parameters() if n in others)
    tokens = tokenizer(list(SAID), padding=True, return_tensors="pt")
    with torch.no_grad():
        told = reader(tokens["input_ids"], tokens["attention_mask"]).argmax(dim=1).tolist()
    assert [VERDICTS[i] for i in told] == list(SAID.values())


def test_the_same_step_has_the_same_loss_after_a_break() -> None:
    torch.manual_seed(0)
    base = find_base_model()
    reader, tokenizer = VerdictReader(load_base_model(base)), tokenizer_of(base)
    first, again = (
        DeclineStage(reader, tokenizer, Processor(), package_requests()[::300], 8, seed=1) for _ in range(2)
    )
    first.loss(3)
    assert torch.equal(first.loss(40)["verdict"], again.loss(40)["verdict"])
