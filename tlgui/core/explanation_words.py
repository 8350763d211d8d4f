"""What an explanation says, in sentences that the command line and the window share."""

from collections.abc import Iterator, Sequence
from typing import Final

from tlgui.core.dataset import Modality
from tlgui.core.events import NeighborsFound
from tlgui.core.explanation import Explanation, Method
from tlgui.core.wording import SAMPLES, percent

MAX_WORDS: Final = 6
MAX_WORD_LENGTH: Final = 40

TITLES: Final[dict[Modality, str]] = {"image": "Where it looked", "text": "Which words counted"}
METHODS: Final[dict[Method, str]] = {
    "grad_cam": "Grad-CAM",
    "integrated_gradients": "integrated gradients",
    "occlusion": "occlusion: each word is left out once",
    "linear": "the exact share of every word",
}
CAVEATS: Final[dict[Modality, str]] = {
    "image": "A heat map shows where the model found what counts, not why it counts.",
    "text": "Bold words speak for it, underlined ones against it. "
    "Shades show which words moved the answer, not why they did.",
}


def answer_sentence(explanation: Explanation) -> str:
    """Return the answer, and whether it is right where that is known."""
    probability = max(explanation.probabilities, default=0.0)
    answer = f"{explanation.predicted}, {percent(probability)} sure"
    if not explanation.true:
        return answer
    if explanation.true == explanation.predicted:
        return f"{answer}, and right"
    return f"{answer}, but it is {explanation.true}"


def finding_sentence(explanation: Explanation) -> str:
    """Return what to see in the picture or in the text."""
    target, against = explanation.target, explanation.against
    if explanation.is_blank:
        rather = f" rather than for {against}" if against else ""
        return f"Nothing in it speaks for {target}{rather}."
    if explanation.modality == "text":
        return _words_sentence(explanation)
    if against:
        return f"Blue places speak for {target}, orange ones for {against}."
    return f"Bright places speak for {target}."


def limits_sentence(explanation: Explanation) -> str:
    """Return what of a text was not read or is not shown, or ""."""
    found = []
    if explanation.num_cut:
        found.append(
            f"Too long for this model: the last {explanation.num_cut:,} tokens were not read."
        )
    if explanation.num_hidden:
        found.append(f"{explanation.num_hidden:,} more characters were read.")
    return " ".join(found)


def compared_sentence(found: NeighborsFound, modality: Modality) -> str:
    """Return how many training samples were compared, or "" where it was all of them."""
    if found.num_compared == found.num_train:
        return ""
    return (
        f"Compared with {found.num_compared:,} of {found.num_train:,} {SAMPLES[modality]} "
        "it learned from, picked at random."
    )


def explanation_lines(explanation: Explanation) -> Iterator[str]:
    """Yield what the command line prints of an explanation."""
    yield f"{explanation.file or 'The text'}: {answer_sentence(explanation)}"
    yield f"  {finding_sentence(explanation)} ({METHODS[explanation.method]})"
    if limits := limits_sentence(explanation):
        yield f"  {limits}"
    if explanation.overlay:
        yield f"  Heat map: {explanation.overlay}"


def neighbor_lines(found: NeighborsFound) -> Iterator[str]:
    """Yield what the command line prints of similar training samples."""
    named = [f"{n.file} ({n.class_name}, {n.distance:.2f})" for n in found.neighbors]
    if named:
        yield f"  Most like it, of what it learned from: {', '.join(named)}"
    modality: Modality = "text" if any(n.text for n in found.neighbors) else "image"
    if compared := compared_sentence(found, modality):
        yield f"  {compared}"


def _words_sentence(explanation: Explanation) -> str:
    target, against = explanation.target, explanation.against
    best = _strongest(explanation, 1)
    worst = _strongest(explanation, -1)
    sentence = f"For {target}: {_joined(best) or 'no word alone'}."
    if worst:
        sentence += f" For {against}: {_joined(worst)}." if against else ""
        sentence += f" Against it: {_joined(worst)}." if not against else ""
    return sentence


def _strongest(explanation: Explanation, sign: int) -> list[str]:
    """Return the words that count most in one direction, each once; signs alone are no words."""
    words = sorted(
        (w for w in explanation.words if sign * w.weight > 0), key=lambda w: -abs(w.weight)
    )
    named = (explanation.text[w.start : w.end][:MAX_WORD_LENGTH] for w in words)
    telling = (word for word in named if any(map(str.isalnum, word)))
    return list(dict.fromkeys(telling))[:MAX_WORDS]


def _joined(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)
