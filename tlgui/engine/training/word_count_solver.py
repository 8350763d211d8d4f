"""The plain method for texts: a linear head solved on word counts."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Sample
from tlgui.engine.data.features import BATCH_SIZE, labels_of
from tlgui.engine.data.inputs import Inputs
from tlgui.engine.models.word_counts import WordCounts
from tlgui.engine.training.head_solver import Solved, scored, solve_head


def solve_word_counts(
    inputs: Inputs,
    train: Sequence[Sample],
    validation: Sequence[Sample],
    l2_strengths: Sequence[float],
    on_solved: Callable[[int], None] = lambda count: None,
    weights: NDArray[np.floating] | None = None,
) -> Solved:
    """Return counts fitted on training texts and the head whose L2 strength validation chose.

    Args:
        inputs: yields texts as they are.
        train: every class present.
        validation: judges the strengths.
        l2_strengths: see ``solve_head``.
        on_solved: told how many strengths are done.
        weights: see ``solve_head``.

    Raises:
        TlguiError: a text is gone or changed by now.
        JobStopped: a person asked for it.
    """
    texts = texts_of(inputs, (*train, *validation))
    counts = WordCounts.fitted(texts[: len(train)])
    features = counts.features(texts)
    known = features[: len(train)], labels_of(train)
    unseen = features[len(train) :], labels_of(validation)
    head, _ = solve_head(known, unseen, l2_strengths, on_solved, weights)
    solved = scored(head, known, unseen)
    return replace(solved, tensors={**solved.tensors, **counts.tensors()})


def texts_of(inputs: Inputs, samples: Sequence[Sample]) -> list[str]:
    """Return the texts themselves, in the order of the samples.

    Raises:
        TlguiError: a text is gone or changed by now.
    """
    texts: list[str] = []
    for batch in inputs.batches(samples, BATCH_SIZE):
        texts += cast(Sequence[str], batch)
    return texts
