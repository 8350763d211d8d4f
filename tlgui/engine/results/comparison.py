"""An exported model beside the run's own on the same samples."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tlgui.core.errors import TlguiError

# of a probability: rounding to 8 bit after the resize moved one by 0.03 in 47
MAX_DIFFERENCE: Final = 0.1


class Answers(NamedTuple):
    """Probabilities for the same samples, each of shape (num_samples, num_classes)."""

    ours: NDArray[np.float32]
    theirs: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How well the exported model agrees.

    Attributes:
        label_agreement: Fraction of samples with the same class, 0..1.
        num_samples: How many were compared.
        max_probability_difference: Largest difference of any probability.
    """

    label_agreement: float
    num_samples: int
    max_probability_difference: float


def compare(pairs: Iterable[Answers]) -> Comparison:
    """Return how well answers agree.

    Raises:
        TlguiError: they do not, other than for samples between two classes.
    """
    num_samples, num_same, num_wrong, difference = 0, 0, 0, 0.0
    for ours, theirs in pairs:
        if ours.shape != theirs.shape:
            reason = f"answers of shape {theirs.shape} instead of {ours.shape}"
            raise TlguiError("export_disagrees", reason=reason)
        said = theirs.argmax(axis=1)
        is_same = ours.argmax(axis=1) == said
        is_tie = ours.max(axis=1) - ours[np.arange(len(ours)), said] < MAX_DIFFERENCE
        num_samples += len(ours)
        num_same += int(is_same.sum())
        num_wrong += int((~is_same & ~is_tie).sum())
        # unlike Python's, this maximum does not lose what is no number
        difference = float(np.maximum(difference, np.abs(ours - theirs).max()))
    if num_wrong or not difference <= MAX_DIFFERENCE:  # also where an answer is no number
        reason = (
            f"the same class for {num_same} of {num_samples} samples, "
            f"probabilities within {difference:.3f}"
        )
        raise TlguiError("export_disagrees", reason=reason)
    return Comparison(
        label_agreement=num_same / num_samples,
        num_samples=num_samples,
        max_probability_difference=difference,
    )
