"""Counts which words follow each other in the sentences that the policy is trained on.

    python scripts/word_pairs.py [--sentences 60000]

Writes ``mm_robot/assets/sentences/word_pairs.tsv``, by which the recogniser hears sentences that its grammar
has not. Words that nobody knows how to pronounce and rare pairs are left out.
"""

from __future__ import annotations

import argparse
import itertools
from collections import Counter

from tqdm import tqdm

from mm_robot.model.processor import Processor
from mm_robot.speech.phonetics import pronunciations
from mm_robot.speech.word_network import END, PAIRS_FILE
from mm_robot.training.situations import SituationSampler
from mm_robot.training.spoken import as_spoken

SEED = 5_000_000
LONGEST = 100
"""Letters of a sentence."""
FEWEST_WORDS, FEWEST_PAIRS = 5, 3
"""How often a word or a pair has to come."""


def count(sentences: int) -> Counter[tuple[str, str]]:
    """The pairs of so many sentences."""
    sampler = SituationSampler(Processor(), SEED)
    texts = []
    for number in tqdm(range(sentences), unit="sentence"):
        drawn = sampler.text() if number % 2 else sampler.situation().instruction
        text = as_spoken(drawn.text)
        if text is not None and len(text) <= LONGEST:
            texts.append(text.split())
    words = Counter(itertools.chain.from_iterable(texts))
    known = {word for word, n in words.items() if n >= FEWEST_WORDS and word in pronunciations()}
    pairs = Counter(
        pair for text in texts if known.issuperset(text) for pair in itertools.pairwise([END, *text, END])
    )
    return Counter({pair: n for pair, n in pairs.items() if n >= FEWEST_PAIRS})


def main() -> None:
    """Count, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sentences", type=int, default=60_000)
    pairs = count(parser.parse_args().sentences)
    lines = [f"{before}\t{word}\t{n}\n" for (before, word), n in sorted(pairs.items())]
    PAIRS_FILE.write_text("".join(lines), encoding="utf-8")
    print(f"{len(pairs)} pairs of {len({word for _, word in pairs})} words")


if __name__ == "__main__":
    main()
