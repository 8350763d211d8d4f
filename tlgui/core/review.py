"""What is odd about the labels of a data set, found by looking at it with a pretrained model."""

import json
from dataclasses import asdict, dataclass

from tlgui.core.dataset import Modality
from tlgui.core.evaluation import Estimate
from tlgui.core.records import from_record, json_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A sample that may have a wrong label.

    Attributes:
        file: Its path relative to the data set's folder.
        digest: Of its content, see ``Sample``.
        label: Name of the class it has.
        suggested: Name of the class it looks like.
        quality: Of the label, from 0, surely wrong, to 1, surely right.
    """

    file: str
    digest: str
    label: str
    suggested: str
    quality: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """Something beside the content that tells a class from all others.

    Attributes:
        hint: What it is, a key of ``HINTS`` in ``wording.py``.
        class_name: The class it tells.
        roc_auc: How well, 0.5 for not at all and 1 for always, on samples held out.
    """

    hint: str
    class_name: str
    roc_auc: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The content of ``review.json``.

    Attributes:
        source: Absolute path of the folder or table that was looked at.
        modality: What a sample is.
        classes: Names, in the order of the labels.
        num_samples: How many were looked at for wrong labels.
        num_suspects: How many of them are probably wrong.
        suspects: The most probable ones, the worst first; ``suspects.csv`` has every sample.
        hints: What was tried as a shortcut.
        num_hinted: How many samples that was tried on.
        shortcuts: Those that work, the best first.
    """

    source: str
    modality: Modality
    classes: tuple[str, ...]
    num_samples: int
    num_suspects: int
    suspects: tuple[Suspect, ...]
    hints: tuple[str, ...]
    num_hinted: int
    shortcuts: tuple[Shortcut, ...]

    def to_json(self) -> str:
        """Return the review as indented JSON, for people too."""
        return json_text(asdict(self), indent=2)


def review_from_json(text: str) -> Review:
    """Return the review that ``Review.to_json`` wrote.

    Raises:
        ValueError: the text is not such a review.
    """
    return from_record(Review, json.loads(text))
