"""The sentences about labels that are probably wrong, and about shortcuts to right ones."""

from collections.abc import Iterator
from typing import Final

from tlgui.core.review import Review, Shortcut, Suspect
from tlgui.core.wording import SAMPLES

# what beside the content may tell the classes, and what to do about it
HINTS: Final[dict[str, str]] = {
    "file_size": "the size of the file",
    "dimensions": "width and height",
    "format": "the format and how strongly it is compressed",
    "exif": "what the camera or a program wrote into the file (EXIF)",
    "mean_color": "the mean color",
    "border": "the colors along the border",
    "length": "the length",
    "encoding": "the encoding of the file",
    "file_name": "the name of the file",
}
# what a model can see of a sample; the others only show where samples come from
SEEN: Final = frozenset({"dimensions", "format", "mean_color", "border", "length"})
MAX_LISTED: Final = 10


def review_lines(review: Review) -> Iterator[str]:
    """Yield what a person should know, the gist first."""
    yield suspects_sentence(review)
    yield from (f"  {suspect_sentence(s)}" for s in review.suspects[:MAX_LISTED])
    if review.num_suspects > MAX_LISTED:
        yield f"  and {review.num_suspects - MAX_LISTED:,} more"
    yield shortcuts_sentence(review)
    yield from (f"  {shortcut_sentence(s)}" for s in review.shortcuts)


def suspects_sentence(review: Review) -> str:
    """Return how many labels are probably wrong."""
    samples = SAMPLES[review.modality]
    if not review.num_suspects:
        return f"None of {review.num_samples:,} {samples} looks as if its label were wrong"
    return (
        f"{review.num_suspects:,} of {review.num_samples:,} {samples} may have a wrong label "
        "(confident learning), the most doubtful first"
    )


def suspect_sentence(suspect: Suspect) -> str:
    """Return what is odd about one sample."""
    return f"{suspect.file}: labeled {suspect.label}, looks like {suspect.suggested}"


def shortcuts_sentence(review: Review) -> str:
    """Return whether something beside the content tells the classes."""
    samples = SAMPLES[review.modality]
    if review.shortcuts:
        return (
            "Something beside the content tells kinds apart; a model may have learned that instead"
        )
    tried = ", ".join(HINTS.get(hint, hint) for hint in review.hints)
    return f"No shortcut found in {review.num_hinted:,} {samples}. Tried: {tried}"


def shortcut_sentence(shortcut: Shortcut) -> str:
    """Return what tells a class, how well, and what to think of it."""
    area = shortcut.roc_auc
    hint = HINTS.get(shortcut.hint, shortcut.hint)
    meaning = (
        "if that is not what makes it one, even it out or collect other samples"
        if shortcut.hint in SEEN
        else "if it comes from another source than the others, the model may have learned that"
    )
    return (
        f"{hint[0].upper()}{hint[1:]} alone tells {shortcut.class_name} (ROC AUC "
        f"{area.value:.2f}, between {area.low:.2f} and {area.high:.2f}): {meaning}"
    )
