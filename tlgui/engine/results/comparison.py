"""An exported model beside the run's own on the same samples."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import UNFAMILIAR

# of a probability or a strangeness: rounding to 8 bit after the resize moved one by 0.03 in 47
MAX_DIFFERENCE: Final = 0.1


class Answers(NamedTuple):
    """Probabilities for the same samples, each of shape (num_samples, num_classes).

    Attributes:
        ours: The run's.
        theirs: The exported model's.
        seconds: How long the exported model took.
        our_strangeness: Shape (num_samples,); None where the exported model is to flag nothing.
        their_strangeness: Likewise, the exported model's.
    """

    ours: NDArray[np.float32]
    theirs: NDArray[np.float32]
    seconds: float = 0.0
    our_strangeness: NDArray[np.floating] | None = None
    their_strangeness: NDArray[np.floating] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How well the exported model agrees.

    Attributes:
        label_agreement: Fraction of samples with the same class, 0..1.
        num_samples: How many were compared.
        max_probability_difference: Largest difference of any probability.
        samples_per_s: How many the exported model answers in a second.
        max_strangeness_difference: Largest difference of a strangeness, of one above 1 as a
            fraction of it; None where nothing is flagged.
        flag_agreement: Fraction of samples that both flag or neither does; likewise.
    """

    label_agreement: float
    num_samples: int
    max_probability_difference: float
    samples_per_s: float
    max_strangeness_difference: float | None = None
    flag_agreement: float | None = None


def compare(pairs: Iterable[Answers], is_exact: bool = True) -> Comparison:
    """Return how well answers agree.

    Args:
        pairs: Answers to batches of samples.
        is_exact: Whether they have to; weights that were made smaller may change some.

    Raises:
        TlguiError: they do not, other than for samples between two classes, or are no numbers.
    """
    num_samples, num_same, num_wrong, difference, seconds = 0, 0, 0, 0.0, 0.0
    strangeness = []
    for ours, theirs, taken_s, *strange in pairs:
        if ours.shape != theirs.shape:
            reason = f"answers of shape {theirs.shape} instead of {ours.shape}"
            raise TlguiError("export_disagrees", reason=reason)
        said = theirs.argmax(axis=1)
        is_same = ours.argmax(axis=1) == said
        is_tie = ours.max(axis=1) - ours[np.arange(len(ours)), said] < MAX_DIFFERENCE
        num_samples += len(ours)
        num_same += int(is_same.sum())
        num_wrong += int((~is_same & ~is_tie).sum())
        seconds += taken_s
        strangeness.append(strange)
        # unlike Python's, this maximum does not lose what is no number
        difference = float(np.maximum(difference, np.abs(ours - theirs).max()))
    is_close = difference <= MAX_DIFFERENCE and not num_wrong
    if not is_close and (is_exact or np.isnan(difference)):
        reason = (
            f"the same class for {num_same} of {num_samples} samples, "
            f"probabilities within {difference:.3f}"
        )
        raise TlguiError("export_disagrees", reason=reason)
    strange_difference, flag_agreement = _compare_strangeness(strangeness)
    return Comparison(
        label_agreement=num_same / num_samples,
        num_samples=num_samples,
        max_probability_difference=difference,
        samples_per_s=num_samples / seconds if seconds else 0.0,
        max_strangeness_difference=strange_difference,
        flag_agreement=flag_agreement,
    )


def _compare_strangeness(
    pairs: Sequence[Sequence[NDArray[np.floating] | None]],
) -> tuple[float | None, float | None]:
    """Return the largest difference, and how often both flag or neither does."""
    ours = [own for own, _ in pairs if own is not None]
    theirs = [other for _, other in pairs if other is not None]
    if not ours:
        return None, None
    if [own.shape for own in ours] != [other.shape for other in theirs]:
        reason = "it does not say of each sample how strange it is"
        raise TlguiError("export_disagrees", reason=reason)
    own, other = np.concatenate(ours), np.concatenate(theirs)
    difference = float((np.abs(own - other) / np.maximum(own, UNFAMILIAR)).max())
    if not difference <= MAX_DIFFERENCE:
        reason = f"how strange samples are within {difference:.3f}"
        raise TlguiError("export_disagrees", reason=reason)
    return difference, float(((own > UNFAMILIAR) == (other > UNFAMILIAR)).mean())
