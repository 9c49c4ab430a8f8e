"""A task that ends with a sound."""

from __future__ import annotations

import json

import pytest

from mm_robot.errors import InputError
from mm_robot.model.sound_watch import LOST_AFTER, Heard, SoundWatch

ORDER = "go to the red ball, stop if you hear a dog bark"


def heard(*present: str) -> Heard:
    labels = [{"name": name, "score": 0.9} for name in present]
    return Heard.of_json(json.dumps({"known": ["dog_bark", "rain"], "labels": labels}))


def test_the_named_sound_ends_the_task_and_no_other() -> None:
    watch = SoundWatch()
    watch.hear(heard(), 10.0)
    assert watch.begin(ORDER, 10.1) == "go to the red ball"
    assert not watch.happened()
    watch.hear(heard("rain"), 10.5)
    assert not watch.happened()
    watch.hear(heard("dog_bark"), 11.0)
    assert watch.happened()
    assert watch.begin("go on", 11.1) == "go on"
    assert not watch.happened()


def test_without_ears_the_robot_stands() -> None:
    watch = SoundWatch()
    watch.hear(heard(), 10.0)
    watch.begin(ORDER, 10.1)
    assert watch.fault(10.0 + LOST_AFTER) == ""
    assert "nobody listens" in watch.fault(10.1 + LOST_AFTER)
    watch.begin("go to the red ball", 20.0)
    assert watch.fault(99.0) == ""


def test_a_task_that_could_not_be_ended_is_not_begun() -> None:
    watch = SoundWatch()
    with pytest.raises(InputError, match="sound_events"):
        watch.begin(ORDER, 0.0)
    watch.hear(heard(), 1.0)
    with pytest.raises(InputError, match="a doorbell; I know dog bark, rain"):
        watch.begin("go to the red ball, stop if you hear a doorbell", 1.0)


@pytest.mark.parametrize(
    "text", ("", "[]", "{}", '{"known": 3, "labels": []}', '{"known": [], "labels": [1]}')
)
def test_a_broken_message_is_told(text: str) -> None:
    with pytest.raises(InputError, match="not a message of sounds"):
        Heard.of_json(text)
