"""Writes a checkpoint's model card from its config, its labels and its measured figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mm_robot.errors import CheckpointError

_KINDS = {
    "reach": "go to a thing, with a decoy of its colour and one of its shape in the room",
    "phrases": "the same, in phrases never trained on",
    "names": "the same, with other names of colours and shapes (scarlet, barrel)",
    "held_out_colours": "the same, with names of colours never trained on (carmine)",
    "held_out_shapes": "the same, with names of shapes never trained on (keg)",
    "turn": "turn by an angle",
    "move": "go straight by a distance",
    "stop": "stop while driving",
    "reach_blank": "control: blank instruction; the thing meant before is reached",
    "reach_swapped": "control: another thing is named; the thing meant before is reached",
    "reach_random_lm": "control: the language model's weights are random; the thing meant is reached",
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

A vision-language-action policy for small wheeled robots: a sentence, a camera image, odometry and, where
there is one, a range scan in; velocities, scene labels and the grounding of the sentence in the image out.
It is `{config["base_model"]}` (sha256 `{config["base_sha256"]}`, not included) with a LoRA adapter, an
image stem and heads, {size:.1f} MB beyond the base.

## What it was trained on

Frames that `mm_robot generate` renders in random simulated rooms (MuJoCo), labelled by the segmentation
renderer, with the actions of a scripted expert and template sentences in English; no recordings of people
or real places. How: `config/train/embedded.yaml`, with these differences. The adapter, the readouts and the
heads for skill, amount and action began from the policy before this one (2,300 steps of the second stage with
a smaller image stem, on fewer names); the image stem, its projector and the scene head began anew. The first
900 of the 2,400 steps saw fewer rows near the end of moves and turns. Last came 700 steps more at a learning
rate of 0.0004, from that result, with the shares of look-alikes and tight places as they are now.

It names {", ".join(labels["shapes"])} in {", ".join(labels["colours"])}.

## Figures

Measured on {figures["date"]} by `{figures["command"]}`: one training run (one seed), unseen rooms, 95 %
Wilson intervals. The policy runs in the simulator through the safety gate, 10 decisions a second.

{figure_table(figures)}

## Limits

Simulated rooms only: figures for real cameras and real rooms are not known. It knows four shapes and eight
colours, and sentences in English like those in `mm_robot/data/templates.py`. It has no memory beyond the
bearing at which it last saw its target.
"""


def figure_table(figures: dict[str, Any]) -> str:
    """The figures of an ``eval.json`` as a Markdown table, with what stands beside it."""
    head = "| episodes | success | rate | 95 % | collisions |\n|---|---|---|---|---|"
    parts = ["\n".join((head, _rows(figures)))]
    if "reach_swapped" in figures:
        parts.append(_named_instead(figures))
    if "scene_labels" in figures:
        parts.append(_scene_labels(figures["scene_labels"]))
    return "\n\n".join(parts)


def _rows(figures: dict[str, Any]) -> str:
    rows = []
    for key, text in _KINDS.items():
        if key not in figures:
            continue
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
