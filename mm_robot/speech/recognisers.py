"""The recognisers of utterances, by name."""

from __future__ import annotations

from mm_robot.speech.base import Recogniser
from mm_robot.speech.recognise import CommandRecogniser

COMMANDS = "commands"


def load_recogniser(name: str = COMMANDS, grammar: str | None = None, wake_word: str = "") -> Recogniser:
    """``commands`` for the offline one that knows the sentences of ``grammar`` (JSGF text, None for our own),
    each of which may follow the ``wake_word``, if there is one; else a speech recognition model of
    transformers by folder or name.

    Raises:
        InputError: the grammar, the wake word or the model is wrong.
        CheckpointError: the ear of the embedded policy is missing or broken.
    """
    if name == COMMANDS:
        return CommandRecogniser(grammar, wake_word=wake_word)
    from mm_robot.speech.model_recogniser import ModelRecogniser

    return ModelRecogniser(name)
