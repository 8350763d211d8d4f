"""Older labeled samples that a training keeps reminding of."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core import durable
from tlgui.core.dataset import Dataset, Problem, dataset_from_json
from tlgui.core.errors import TlguiError
from tlgui.core.events import ProblemFound
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import labels_of
from tlgui.engine.data.inputs import Batch, Inputs
from tlgui.engine.data.judged import without_copies_of
from tlgui.engine.data.matching import scan_matching
from tlgui.engine.data.split import match_classes
from tlgui.engine.data.tables import TableColumns

REPLAY: Final = "replay.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The samples and their labels in the words of the run.

    Attributes:
        dataset: Whose samples they are.
        inputs: How they are read.
        labels: shape (num_samples,), class indices of the run.
    """

    dataset: Dataset
    inputs: Inputs
    labels: NDArray[np.int64]

    def drawn(self, count: int, rng: np.random.Generator) -> tuple[Batch, NDArray[np.int64]]:
        """Return ``count`` samples at random, as one batch, and their labels."""
        chosen = rng.integers(len(self.labels), size=count)
        samples = [self.dataset.samples[index] for index in chosen]
        [batch] = self.inputs.batches(samples, count)
        return batch, self.labels[chosen]


class ProgressOnly(Channel):
    """A channel that passes on progress and wishes to stop, and keeps all else to itself.

    What is found in older samples is not to be taken for what is wrong with a run's own.
    """

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def progress(self, activity: str, done: int, total: int) -> None:
        """Report progress; see ``Channel``."""
        self._channel.progress(activity, done, total)

    def stop_if_requested(self) -> None:
        """Give up where a person asked for it; see ``Channel``."""
        self._channel.stop_if_requested()


def open_replay(
    folder: str,
    run: RunFolder,
    channel: Channel,
    open_inputs: Callable[[Dataset, Channel], Inputs],
) -> Replay | None:
    """Return the samples of a folder, which is looked through once per run; None without.

    Args:
        folder: The plan's; "" is none.
        run: Keeps what was found in the folder; its own samples are dealt to splits.
        channel: Gets the progress, and once a ``ProblemFound`` if samples are left out.
        open_inputs: Returns how the preset reads a data set, and whom it tells.

    Raises:
        TlguiError: the folder cannot be used, knows classes that the run does not, or has
            nothing that may be learned from.
        JobStopped: a person asked for it.
    """
    if not folder:
        return None
    path, own, quiet = run.path / REPLAY, run.read_dataset(), ProgressOnly(channel)
    if path.exists():
        # one that an earlier version left has classes of its own
        dataset = match_classes(dataset_from_json(path.read_text(encoding="utf-8")), own.classes)
    else:
        scanned = scan_matching(Path(folder), TableColumns(), own, quiet)
        dataset = _learnable(scanned, own, folder, channel)
        durable.replace_file(path, dataset.to_json())
    inputs = open_inputs(dataset, quiet)
    inputs.cheapest_order(dataset.samples)  # texts become tokens now, and not in every step
    return Replay(dataset=dataset, inputs=inputs, labels=labels_of(dataset.samples))


def _learnable(scanned: Dataset, own: Dataset, folder: str, channel: Channel) -> Dataset:
    """Return the samples that no answers are judged by, neither the run's nor older ones."""
    judged = [sample for sample in own.samples if sample.split != "train"]
    others = without_copies_of(scanned, judged, own, channel)
    samples = tuple(sample for sample in others if sample.split in (None, "train"))
    num_left_out = len(scanned.samples) - len(samples)
    if not samples:
        reason = "all of it is for judging answers, and nothing is left to learn from"
        raise TlguiError("path_not_usable", path=folder, reason=reason)
    if num_left_out:
        problem = Problem(code="replay_left_out", path=folder, count=num_left_out)
        channel.send(ProblemFound, problem=problem)
    return replace(scanned, samples=samples)
