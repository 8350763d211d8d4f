"""What a scan says about texts: language, lengths and telling words, in one pass."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import TextFacts
from tlgui.engine.data.language import language_of
from tlgui.engine.data.text_words import telling_words_of

NUM_WORDS: Final = 12
_MAX_COUNTED_TEXTS: Final = 20_000
_MAX_SNIPPETS: Final = 400
_SNIPPET_CHARACTERS: Final = 400
_READ_CHARACTERS: Final = 100_000  # of a long text; the rest is taken to be alike
_BATCH_CHARACTERS: Final = 1_000_000
_BATCH_TEXTS: Final = 256
_MAX_WORDS: Final = 400_000  # over all classes, after the rarest were forgotten
_MIN_TEXTS: Final = 2  # that hold a word
_MIN_Z: Final = 1.96  # a word below could be chance
_GOLDEN: Final = (5**0.5 - 1) / 2

Item = TypeVar("Item")


class TextFactsCollector:
    """Takes in labeled texts one after the other and sums them up."""

    def __init__(
        self, num_classes: int, count_tokens: Callable[[Sequence[str]], Sequence[int]]
    ) -> None:
        self._count_tokens = count_tokens
        self._snippets: _EvenSample[str] = _EvenSample(_MAX_SNIPPETS)
        self._num_tokens: _EvenSample[int] = _EvenSample(_MAX_COUNTED_TEXTS)
        self._waiting: list[tuple[int, str, int]] = []  # with the length of the whole text
        self._num_waiting_characters = 0
        self._words = _ClassWords(num_classes)
        self._num_texts = 0

    def add(self, text: str, label: int) -> None:
        """Take in the next text, of the class with this index."""
        index = self._num_texts
        self._num_texts += 1
        head = text[:_READ_CHARACTERS]
        self._words.add(head, label)
        if self._snippets.wants(index):
            self._snippets.put(index, head[:_SNIPPET_CHARACTERS])
        if self._num_tokens.wants(index):
            self._wait(index, head, len(text))

    def facts(self) -> TextFacts:
        """Return what was measured on all texts so far."""
        self._count_waiting()
        counts = sorted(self._num_tokens.items()) or [0]
        return TextFacts(
            language=language_of(self._snippets.items()),
            num_tokens=tuple(counts[(len(counts) - 1) * p // 100] for p in range(101)),
            class_words=self._words.best(),
        )

    def _wait(self, index: int, head: str, length: int) -> None:
        self._waiting.append((index, head, length))
        self._num_waiting_characters += len(head)
        is_much = self._num_waiting_characters >= _BATCH_CHARACTERS
        if is_much or len(self._waiting) >= _BATCH_TEXTS:
            self._count_waiting()

    def _count_waiting(self) -> None:
        heads = [head for _, head, _ in self._waiting]
        counts = self._count_tokens(heads) if heads else ()
        for (index, head, length), count in zip(self._waiting, counts, strict=True):
            if self._num_tokens.wants(index):
                self._num_tokens.put(index, round(count * length / max(1, len(head))))
        self._waiting = []
        self._num_waiting_characters = 0


class _EvenSample(Generic[Item]):
    """About every n-th item of a stream of unknown length, n doubling when there are too many.

    They are scattered evenly, for classes may come in turn and their number divide n.

    Source:
        Knuth 1998, "The Art of Computer Programming", volume 3, section 6.4: multiples of the
        golden ratio fall evenly, whichever of them one looks at.
    """

    def __init__(self, max_items: int) -> None:
        self._max_items = max_items
        self._stride = 1
        self._kept: list[tuple[int, Item]] = []

    def wants(self, index: int) -> bool:
        return index * _GOLDEN % 1 * self._stride < 1

    def put(self, index: int, item: Item) -> None:
        self._kept.append((index, item))
        if len(self._kept) > self._max_items:
            self._stride *= 2
            self._kept = [(i, kept) for i, kept in self._kept if self.wants(i)]

    def items(self) -> list[Item]:
        return [item for _, item in self._kept]


class _ClassWords:
    """Counts in how many texts of each class a word occurs, and forgets the rarest words."""

    def __init__(self, num_classes: int) -> None:
        self._num_words = np.zeros(num_classes)
        self._counts: list[Counter[str]] = [Counter() for _ in range(num_classes)]
        self._until_prune = _MAX_WORDS

    def add(self, text: str, label: int) -> None:
        words = telling_words_of(text)
        self._num_words[label] += len(words)
        self._counts[label].update(words)
        self._until_prune -= len(words)
        if self._until_prune < 0:
            self._prune()

    def best(self) -> tuple[tuple[str, ...], ...]:
        """Return up to ``NUM_WORDS`` words per class, the most telling first."""
        totals: Counter[str] = Counter()
        for counts in self._counts:
            totals.update(counts)
        return tuple(self._best_of(label, totals) for label in range(len(self._counts)))

    def _best_of(self, label: int, totals: Counter[str]) -> tuple[str, ...]:
        words = sorted(w for w, n in self._counts[label].items() if n >= _MIN_TEXTS)
        own = np.array([self._counts[label][w] for w in words], float)
        rest = np.array([totals[w] for w in words], float) - own
        prior = self._num_words.sum() / len(self._counts)
        num_own = self._num_words[label]
        scores = _z_scores(own, rest, (num_own, self._num_words.sum() - num_own), prior)
        order = np.argsort(-scores, kind="stable")[:NUM_WORDS]
        return tuple(words[i] for i in order if scores[i] >= _MIN_Z)

    def _prune(self) -> None:
        self._until_prune = _MAX_WORDS // 2
        floor = 1
        while sum(map(len, self._counts)) > _MAX_WORDS:
            for label, counts in enumerate(self._counts):
                self._counts[label] = Counter({w: n for w, n in counts.items() if n > floor})
            floor *= 2


def _z_scores(
    own: NDArray[np.floating],
    rest: NDArray[np.floating],
    num_words: tuple[float, float],
    prior_words: float,
) -> NDArray[np.floating]:
    """Return by how many standard deviations words are more frequent in a class than outside.

    The log-odds ratio of two frequencies, each drawn towards the common one as if
    ``prior_words`` more words had been seen: words that are everywhere score low.

    Args:
        own: shape (num_words,), texts of the class that hold the word.
        rest: shape (num_words,), texts of the other classes that do.
        num_words: sum of such counts over all words of the class, and of the others.
        prior_words: the strength of the prior.

    Source:
        Monroe, Colaresi and Quinn 2008, "Fightin' Words", equations 16, 18, 20 and 22, where a
        word counts once per text.
    """
    num_own, num_rest = num_words
    prior = prior_words * (own + rest) / max(1.0, num_own + num_rest)
    own, rest = own + prior, rest + prior
    log_odds_own = np.log(own / np.maximum(num_own + prior_words - own, 0.5))
    log_odds_rest = np.log(rest / np.maximum(num_rest + prior_words - rest, 0.5))
    scores: NDArray[np.floating] = (log_odds_own - log_odds_rest) / np.sqrt(1 / own + 1 / rest)
    return scores
