"""Speech recognition models of transformers, small ones with random weights that are made on the spot."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    MoonshineConfig,
    MoonshineForConditionalGeneration,
    PreTrainedTokenizerFast,
    Wav2Vec2Config,
    Wav2Vec2CTCTokenizer,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForCTC,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
)

from mm_robot.cli import main
from mm_robot.errors import InputError
from mm_robot.sim.voices import synthesise
from mm_robot.speech.base import RATE, Utterance
from mm_robot.speech.model_recogniser import MOST_TOKENS, ModelRecogniser
from mm_robot.speech.recognise import CommandRecogniser
from mm_robot.speech.recognisers import load_recogniser

WORDS = ("<s>", "</s>", "<pad>", "<unk>", "Turn", "left,", "then", "STOP!")


def words_tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    )


def whisper(folder: Path) -> None:
    torch.manual_seed(0)
    WhisperForConditionalGeneration(
        WhisperConfig(
            vocab_size=len(WORDS),
            d_model=16,
            encoder_layers=1,
            decoder_layers=1,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=16,
            decoder_ffn_dim=16,
            max_target_positions=80,
            bos_token_id=0,
            eos_token_id=1,
            pad_token_id=2,
            decoder_start_token_id=0,
            suppress_tokens=None,
            begin_suppress_tokens=None,
        )
    ).save_pretrained(folder)
    WhisperFeatureExtractor().save_pretrained(folder)
    words_tokenizer().save_pretrained(folder)


def moonshine(folder: Path) -> None:
    torch.manual_seed(0)
    MoonshineForConditionalGeneration(
        MoonshineConfig(
            vocab_size=len(WORDS),
            hidden_size=32,
            intermediate_size=32,
            encoder_num_hidden_layers=1,
            decoder_num_hidden_layers=1,
            encoder_num_attention_heads=2,
            decoder_num_attention_heads=2,
            bos_token_id=0,
            eos_token_id=1,
            pad_token_id=2,
            decoder_start_token_id=0,
        )
    ).save_pretrained(folder)
    Wav2Vec2FeatureExtractor(sampling_rate=RATE).save_pretrained(folder)
    words_tokenizer().save_pretrained(folder)


def wav2vec2(folder: Path, rate: int = RATE, favoured: str | None = None) -> None:
    letters = ["<pad>", "<s>", "</s>", "<unk>", "|", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    folder.mkdir(exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({letter: i for i, letter in enumerate(letters)}))
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = Wav2Vec2Config(
        vocab_size=len(letters), conv_dim=(8,) * 7, num_conv_pos_embeddings=4, **sizes, pad_token_id=0
    )
    model = Wav2Vec2ForCTC(config)
    if favoured is not None:
        with torch.no_grad():
            model.lm_head.bias[letters.index(favoured)] = 30.0
    model.save_pretrained(folder)
    Wav2Vec2FeatureExtractor(sampling_rate=rate).save_pretrained(folder)
    Wav2Vec2CTCTokenizer(str(folder / "vocab.json")).save_pretrained(folder)


def utterance(seconds: float = 1.5, seed: int = 0) -> Utterance:
    samples = np.random.default_rng(seed).normal(0, 0.1, round(seconds * RATE)).astype(np.float32)
    return Utterance(samples, samples, 0, len(samples), seconds)


@pytest.mark.parametrize("make", [whisper, moonshine, wav2vec2])
def test_models_of_each_kind_are_loaded_and_write(make: object, tmp_path: Path) -> None:
    make(tmp_path)  # type: ignore[operator]
    recogniser = load_recogniser(str(tmp_path))
    assert isinstance(recogniser, ModelRecogniser)
    for seconds in (0.3, 1.5, 6.0):
        heard = recogniser.transcribe(utterance(seconds))
        assert 0.0 <= heard.confidence <= 1.0
        assert heard.text == heard.text.lower().strip() and "!" not in heard.text
        assert len(heard.text.split()) <= MOST_TOKENS
    assert recogniser.transcribe(utterance(1.5)) == recogniser.transcribe(utterance(1.5))


def test_letters_are_joined_and_the_confidence_is_that_of_the_model(tmp_path: Path) -> None:
    wav2vec2(tmp_path, favoured="G")
    heard = load_recogniser(str(tmp_path)).transcribe(utterance())
    assert heard.text == "g" and heard.confidence > 0.99
    wav2vec2(tmp_path, favoured="<pad>")
    heard = load_recogniser(str(tmp_path)).transcribe(utterance())
    assert (heard.text, heard.confidence) == ("", 0.0)


def test_what_is_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="recogniser: .*no speech recognition model"):
        load_recogniser(str(tmp_path))
    wav2vec2(tmp_path, rate=8000)
    with pytest.raises(InputError, match="8000 Hz; take one for 16000 Hz"):
        load_recogniser(str(tmp_path))
    assert isinstance(load_recogniser(), CommandRecogniser)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="no voice: run sudo apt install espeak-ng")
def test_listen_takes_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wav2vec2(tmp_path / "model", favoured="G")
    soundfile.write(tmp_path / "voice.wav", synthesise("go to the red ball", "en-us", rate=RATE), RATE)
    assert main(["listen", str(tmp_path / "voice.wav"), "--recogniser", str(tmp_path / "model")]) == 0
    assert "“g” 100%: becomes an instruction" in capsys.readouterr().out
    assert main(["listen", str(tmp_path / "voice.wav"), "--recogniser", "/nowhere"]) == 2
