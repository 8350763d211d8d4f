"""What came of sorting, in the words that the command line and the window share."""

from tlgui.core.events import CopiesFinished, PredictionFinished


def sorting_sentence(event: PredictionFinished | CopiesFinished) -> str:
    """Return what a job of sorting came to."""
    if isinstance(event, CopiesFinished):
        return copies_sentence(event)
    strange = ""
    if event.num_unfamiliar:
        strange = f", {event.num_unfamiliar} unlike anything it was trained on"
    return f"{event.num_samples} answers{strange}, {event.num_unreadable} unreadable: {event.csv}"


def copies_sentence(event: CopiesFinished) -> str:
    """Return how many copies were made, and what has none."""
    text = f"Copied into {event.folder}: {event.num_copied:,}"
    if event.num_rows:
        text += f" · rows of tables, which are no files: {event.num_rows:,}"
    if event.num_failed:
        text += f" · could not be copied: {event.num_failed:,}"
    return text
