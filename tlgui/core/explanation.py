"""Why a model answers as it does: where it looked, which words counted, what it is like."""

from dataclasses import dataclass
from typing import Literal

from tlgui.core.dataset import Modality

Method = Literal["grad_cam", "integrated_gradients", "occlusion", "linear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordWeight:
    """A word, or a few that stand together, and what it adds to the score of an answer.

    Attributes:
        start: Where it begins in the text, in characters.
        end: Where it ends.
        weight: In units of the logits; above 0 it speaks for the answer.
    """

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbor:
    """A training sample that the model finds similar.

    Attributes:
        file: Path of the sample, see ``Sample``.
        class_name: Its class.
        distance: 1 minus the cosine of the angle between the features: 0 is the same, 1 is
            nothing in common.
        thumbnail: Absolute path of a small picture; "" for texts, or where the file is gone.
        text: The beginning of a text; "" for pictures.
    """

    file: str
    class_name: str
    distance: float
    thumbnail: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What speaks for an answer to one sample.

    Attributes:
        file: Path of the sample as it was asked for; "" for a text that was typed.
        modality: What it is.
        method: How it was found out.
        true: The class it is known to be; "" where nobody knows.
        predicted: The most probable class.
        target: The class that is explained.
        against: The class that it is compared with; "" for all others.
        probabilities: By class.
        picture: Absolute path of a small copy of the picture; "" for texts.
        overlay: Absolute path of the same with the places that count; likewise.
        is_blank: Nothing speaks for the class.
        text: What was read, or its beginning; "" for pictures.
        words: In their order; what the model does not know is not among them.
        num_cut: Tokens beyond what the model reads.
        num_hidden: Characters that were read but are not in ``text``.
    """

    file: str
    modality: Modality
    method: Method
    true: str = ""
    predicted: str
    target: str
    against: str = ""
    probabilities: tuple[float, ...]
    picture: str = ""
    overlay: str = ""
    is_blank: bool = False
    text: str = ""
    words: tuple[WordWeight, ...] = ()
    num_cut: int = 0
    num_hidden: int = 0
