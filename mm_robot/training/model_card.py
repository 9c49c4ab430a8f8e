"""Writes a checkpoint's model card from its config, its labels and its measured figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mm_robot.errors import CheckpointError

_KINDS = {
    "reach": "go to a thing, with a decoy of its colour and one of its shape in the room",
    "turn": "turn by an angle",
    "move": "go straight by a distance",
    "stop": "stop while driving",
    "reach_blank": "control: the instruction is blank (the thing meant before should not be reached)",
    "reach_swapped": "control: another thing of the room is named (likewise)",
    "reach_random_lm": "control: the language model's weights are random (likewise)",
}


def write_model_card(folder: Path) -> Path:
    """Write ``README.md`` of a checkpoint folder.

    Raises:
        CheckpointError: ``eval.json``, ``config.json`` or ``labels.json`` is missing or broken.
    """
    try:
        figures, config, labels = (
            json.loads((folder / name).read_text()) for name in ("eval.json", "config.json", "labels.json")
        )
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{folder}: cannot write the model card ({error})") from error
    path = folder / "README.md"
    path.write_text(_card(folder, figures, config, labels))
    return path


def _card(folder: Path, figures: dict[str, Any], config: dict[str, Any], labels: dict[str, Any]) -> str:
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.suffix == ".safetensors") / 1e6
    return f"""---
license: apache-2.0
base_model: {config["base_model"]}
library_name: mm_robot
pipeline_tag: robotics
---
# The policy that mm_robot carries

A vision-language-action policy for small wheeled robots: a sentence, a camera image and odometry in;
velocities, scene labels and the grounding of the sentence in the image out. It is
`{config["base_model"]}` (sha256 `{config["base_sha256"]}`, not included) with a LoRA adapter, an image
stem and heads, {size:.1f} MB beyond the base.

## What it was trained on

Frames that `mm_robot generate` renders in random simulated rooms (MuJoCo), labelled by the segmentation
renderer, with the actions of a scripted expert and template sentences in English; no recordings of people
or real places. How: `config/train/embedded.yaml`. One difference: the first 1,400 of the 2,300 steps of the
second stage were taken on a longer schedule (3,000 steps), and the first 1,200 of them with fewer rows
about look-alikes that are not in the room, a lower weight of the grounding loss and more rows of text.

It names {", ".join(labels["shapes"])} in {", ".join(labels["colours"])}.

## Figures

Measured on {figures["date"]} by `{figures["command"]}`: one training run (one seed), unseen rooms, 95 %
Wilson intervals. The policy runs in the simulator through the safety gate, 10 decisions a second.

| episodes | success | rate | 95 % | collisions |
|---|---|---|---|---|
{_rows(figures)}

{_named_instead(figures)}

{_scene_labels(figures["scene_labels"])}

## Limits

Simulated rooms only: figures for real cameras and real rooms are not known. It knows four shapes and eight
colours, and sentences in English like those in `mm_robot/data/instructions.py`. It does not refuse harmful
requests (it has no arm, and the safety gate bounds what the wheels do), and it has no memory beyond
the bearing at which it last saw its target.
"""


def _rows(figures: dict[str, Any]) -> str:
    rows = []
    for key, text in _KINDS.items():
        rate = figures[key]
        low, high = rate["wilson95"]
        rows.append(
            f"| {text} | {rate['success']} of {rate['n']} | {rate['rate']:.1%} "
            f"| {low:.1%} to {high:.1%} | {rate['collisions']:.1%} |"
        )
    return "\n".join(rows)


def _scene_labels(figures: dict[str, Any]) -> str:
    return (
        f"Scene labels: mAP@0.5 {figures['map50']:.3f} on {figures['frames']} unseen frames "
        f"({figures['objects']} objects of 150 pixels or more at 640 x 480)."
    )


def _named_instead(figures: dict[str, Any]) -> str:
    rate = figures["reach_swapped"]["named_instead"]
    low, high = rate["wilson95"]
    return (
        f"Where another thing was named, that other thing was reached in {rate['success']} of {rate['n']} "
        f"rooms ({rate['rate']:.1%}; {low:.1%} to {high:.1%})."
    )
