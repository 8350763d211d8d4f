"""What every word of a text adds to the score of an answer."""

import math
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core.explanation import WordWeight
from tlgui.engine.data.features import BATCH_SIZE
from tlgui.engine.data.inputs import BatchFunction
from tlgui.engine.data.tokenizer import Tokenizer
from tlgui.engine.data.tokens import TokenizedWord
from tlgui.engine.models.linear_head import BIAS, KERNEL
from tlgui.engine.models.word_counts import TOKEN_PATTERN, WordCounts

MAX_PIECES: Final = 96  # of a text that are left out one by one; in longer ones words go together

Floats = NDArray[np.floating]
# the scores of some texts, each given by its words, shape (num_texts,)
ScoreWords = Callable[[Sequence[Sequence[TokenizedWord]]], Floats]
Tick = Callable[[int, int], None]


def direction(num_classes: int, target: int, against: int | None = None) -> Floats:
    """Return what every logit counts in the score of a class; they sum to 0.

    What all logits share changes no answer, and so the score does without it: it is the logit
    less that of the other class, or less the mean of all.

    Args:
        num_classes: at least 2.
        target: index of the class.
        against: index of another class; None for all.
    """
    counts = np.zeros(num_classes) if against is not None else np.full(num_classes, -1.0)
    if against is None:
        counts /= num_classes
    else:
        counts[against] = -1
    counts[target] += 1
    return counts


def score_of(probabilities: Floats, counts: Floats) -> Floats:
    """Return scores, shape (num_samples,), from probabilities (num_samples, num_classes)."""
    tiny = np.finfo(np.float32).tiny
    scores: Floats = np.log(np.maximum(probabilities, tiny).astype(np.float64)) @ counts
    return scores


def word_scorer(
    classify: BatchFunction, tokenizer: Tokenizer, counts: Floats, tick: Tick
) -> ScoreWords:
    """Return the function that scores texts given by their words."""

    def scores(texts: Sequence[Sequence[TokenizedWord]]) -> Floats:
        found = np.empty(len(texts))
        order = sorted(range(len(texts)), key=lambda index: sum(len(w.ids) for w in texts[index]))
        for start in range(0, len(texts), BATCH_SIZE):
            part = order[start : start + BATCH_SIZE]
            batch = tokenizer.pad([tokenizer.frame(texts[index]) for index in part])
            found[part] = score_of(classify(batch), counts)
            tick(start + len(part), len(texts))
        return found

    return scores


def weights_by_occlusion(
    words: Sequence[TokenizedWord], scores: ScoreWords
) -> tuple[WordWeight, ...]:
    """Return how much the score falls without each word.

    Args:
        words: Those that are read. Neighbors of a long text are left out together.
        scores: See ``word_scorer``.

    Source:
        Li et al. 2016, "Understanding neural networks through representation erasure",
        arXiv:1612.08220, section 3, with differences of scores.
    """
    size = math.ceil(len(words) / MAX_PIECES) or 1
    pieces = [words[start : start + size] for start in range(0, len(words), size)]
    without = [
        [word for other in pieces if other is not piece for word in other] for piece in pieces
    ]
    whole, *others = scores([words, *without])
    return tuple(
        WordWeight(start=piece[0].start, end=piece[-1].end, weight=float(whole - score))
        for piece, score in zip(pieces, others, strict=True)
    )


def weights_of_mean(
    words: Sequence[TokenizedWord], scores: ScoreWords, of_nothing: float
) -> tuple[WordWeight, ...]:
    """Return what each word adds to the score of a linear head on the mean of word vectors.

    Their sum and ``of_nothing`` are the score of the text, exactly.

    Args:
        words: Those that have a vector.
        scores: See ``word_scorer``.
        of_nothing: Score of the head's bias alone.
    """
    total = sum(len(word.ids) for word in words)
    alone = {word.ids: [word] for word in words}
    known = dict(zip(alone, scores([*alone.values()]), strict=True))
    return tuple(
        WordWeight(
            start=word.start,
            end=word.end,
            weight=float((known[word.ids] - of_nothing) * len(word.ids) / total),
        )
        for word in words
    )


def weights_of_counts(
    text: str, tensors: Mapping[str, NDArray[Any]], counts: Floats
) -> tuple[WordWeight, ...]:
    """Return what each word adds to the score of a linear head on weighed counts of words.

    What a term adds is shared by its occurrences, and what a pair adds by its two words. Their
    sum and the score of the bias are the score of the text, exactly.

    Args:
        text: As the model reads it.
        tensors: Of the checkpoint.
        counts: See ``direction``.
    """
    vectorizer = WordCounts.from_tensors(tensors)
    row = vectorizer.features([text]).tocoo()
    terms = [*vectorizer.weights()]
    of_column = tensors[KERNEL].astype(np.float64) @ counts
    added = {terms[column]: value * of_column[column] for column, value in _entries(row)}
    places = _places(text)
    occurrences: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    for number, (name, *_) in enumerate(places):
        occurrences[name].append((number,))
        if number:
            occurrences[f"{places[number - 1][0]} {name}"].append((number - 1, number))
    weights = np.zeros(len(places))
    for term, value in added.items():
        for numbers in occurrences[term]:
            weights[[*numbers]] += value / len(occurrences[term]) / len(numbers)
    return tuple(
        WordWeight(start=start, end=end, weight=float(weight))
        for (_, start, end), weight in zip(places, weights, strict=True)
        if weight
    )


def score_of_nothing(tensors: Mapping[str, NDArray[Any]], counts: Floats) -> float:
    """Return the score of the bias alone."""
    return float(tensors[BIAS].astype(np.float64) @ counts)


def _entries(row: Any) -> list[tuple[int, float]]:
    columns = row.coords[-1]
    return [(int(c), float(v)) for c, v in zip(columns, row.data, strict=True)]


def _places(text: str) -> list[tuple[str, int, int]]:
    """Return the words as they are counted, and where each stands in the text."""
    lowered = text.lower()
    # some letters are two in lower case
    ends = [*accumulate(len(letter.lower()) for letter in text)]
    places = []
    for match in re.finditer(TOKEN_PATTERN, lowered):
        start = bisect_right(ends, match.start())
        places.append((match[0], start, bisect_right(ends, match.end() - 1) + 1))
    return places
