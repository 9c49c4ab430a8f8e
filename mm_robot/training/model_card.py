"""Writes a checkpoint's model card from its config, its labels and its measured figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mm_robot.errors import CheckpointError

_KINDS = {
    "reach": "go to a thing, with a decoy of its colour and one of its shape in the room",
    "pairs": "the same, two instructions in each room",
    "phrases": "the same, in phrases never trained on",
    "names": "the same, with other names of colours and shapes (scarlet, barrel)",
    "held_out_colours": "the same, with names of colours never trained on (carmine)",
    "held_out_shapes": "the same, with names of shapes never trained on (keg)",
    "reach_heard_by_recogniser": "the same, spoken by 24 synthetic voices: transcript of the recogniser",
    "reach_heard_by_model": "the same, spoken: heard by the model itself, without a transcript",
    "phrases_heard_by_recogniser": "in phrases never trained on, spoken: transcript of the recogniser",
    "phrases_heard_by_model": "in phrases never trained on, spoken: heard by the model itself",
    "reach_heard_in_noise_by_recogniser": "go to a thing, spoken 10 dB above noise: by the recogniser",
    "reach_heard_in_noise_by_model": "go to a thing, spoken 10 dB above noise: by the model itself",
    "relation": "go to a thing told by relation (left of, nearest, biggest, near ...)",
    "absent": "report what is not there",
    "sequence": "two and three steps one after another",
    "follow": "follow a thing that moves",
    "turn": "turn by an angle",
    "move": "go straight by a distance",
    "pace": "turn, move and go to things, slowly and quickly",
    "stop": "stop while driving",
    "answer": "name exactly the things in view",
    "reach_dark": "go to a thing: half the light",
    "reach_bright": "go to a thing: half as much light again",
    "reach_noise": "go to a thing: strong sensor noise",
    "reach_motion_blur": "go to a thing: motion blur of 21 pixels",
    "reach_vivid_surfaces": "go to a thing: floor and walls of strong colours",
    "reach_low_camera": "go to a thing: camera 0.16 m high, as configured",
    "reach_high_camera": "go to a thing: camera 0.58 m high, as configured",
    "reach_camera_tilted_up": "go to a thing: camera tilted up by 12.5 degrees, as configured",
    "reach_camera_tilted_down": "go to a thing: camera tilted down by 12.5 degrees, as configured",
    "reach_no_camera": "go to a thing: the camera sees black",
    "reach_no_odometry": "go to a thing: no odometry",
    "reach_no_scan": "go to a thing: no range scan for the policy",
    "reach_blank": "control: blank instruction; the thing meant before is reached",
    "reach_swapped": "control: another thing is named; the thing meant before is reached",
    "reach_random_lm": "control: the language model's weights are random; the thing meant is reached",
}
_WRITERS = {
    "inventive": "written to be hard by a language model that had not seen the rules or the training data "
    "(both were added to later, with the failures on it known)",
    "unseen": "written by a language model that had seen neither the rules nor the training data "
    "(neither was changed with the failures on it known)",
    "various": "written by a language model with the instructions by which most of the training data was "
    "written, and not trained on, but looked at to choose among weights",
    "people": "said by people to robots (the quarter of HuRIC and CALVIN that was not trained on)",
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
there is one, a range scan in; velocities, scene labels and which thing is meant out.
It is `{config["base_model"]}` (sha256 `{config["base_sha256"]}`, not included) with a LoRA adapter,
another by which it tells what to decline, an eye, an ear and heads, {size:.1f} MB beyond the base.

## What it was trained on

- The eye: frames that `mm_robot generate` renders in random simulated rooms (MuJoCo), labelled by the
  segmentation renderer; no pictures of people or real places.
- The language model: simulated situations with the actions of a scripted expert; template sentences in
  English, sentences written for it (`mm_robot/assets/sentences`), the names of the xkcd colour survey (CC0),
  and requests that people made to robots: three quarters of HuRIC 2.1 (Vanzo et al. 2020, Apache-2.0) and of
  the tasks of CALVIN (Mees et al. 2022, MIT).
- The ear: such sentences, spoken by synthetic voices of espeak-ng and flite (not by those kept for judging);
  words that people said, strung together (about 3,000 recordings out of the *test* split of Google Speech
  Commands v0.02, Pete Warden, Google; CC BY 4.0); in noise (its background noise, and three folds of ESC-10,
  K. J. Piczak, CC BY 3.0).

How: `config/train/embedded.yaml`, with those requests in its key `requests`.

It names {", ".join(labels["shapes"])} in {", ".join(labels["colours"])}.

## Figures

Measured, the last of it on {figures["date"]}, by `{figures["command"]}`:
one training run (one seed), unseen rooms, 95 % Wilson intervals.
The policy runs in the simulator through the safety gate, 10 decisions a second.

{figure_table(figures)}

## Limits

Simulated rooms only: figures for real cameras and real rooms are not known. It knows four shapes and names
eight colours, and understands sentences in English like those that it was trained on. More in
`docs/policy.md`.
"""


def figure_table(figures: dict[str, Any]) -> str:
    """The figures of an ``eval.json`` as a Markdown table, with what stands beside it."""
    head = "| episodes | success | rate | 95 % | collisions |\n|---|---|---|---|---|"
    parts = ["\n".join((head, _rows(figures)))]
    if "reach_swapped" in figures:
        parts.append(_named_instead(figures))
    if "pairs" in figures:
        parts.append(_pairs(figures["pairs"]["pairs"]))
    if "requests" in figures:
        parts.append(_requests(figures["requests"]))
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


def _pairs(rate: dict[str, Any]) -> str:
    low, high = rate["wilson95"]
    return (
        f"Both instructions of a room were carried out in {rate['success']} of {rate['n']} rooms "
        f"({rate['rate']:.1%}; {low:.1%} to {high:.1%})."
    )


def _requests(figures: dict[str, Any]) -> str:
    rows = [
        f"| {_WRITERS.get(writer, writer)}: {verdict} | {f['not_carried_out']} of {f['n']} | {f['rate']:.1%} "
        f"| {f['wilson95'][0]:.1%} to {f['wilson95'][1]:.1%} |"
        for writer, verdicts in figures.items()
        for verdict, f in verdicts.items()
    ]
    head = "| requests, by the safety gate's rules and the policy | not carried out | rate | 95 % |"
    return "\n".join((head, "|---|---|---|---|", *rows))


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
