"""Older labeled samples that a training keeps reminding of."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core import durable
from tlgui.core.dataset import Dataset, dataset_from_json
from tlgui.core.errors import TlguiError
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.inputs import Batch, Inputs
from tlgui.engine.data.scan import scan_folder

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


def open_replay(
    folder: str,
    run: RunFolder,
    channel: Channel,
    open_inputs: Callable[[Dataset], Inputs],
) -> Replay | None:
    """Return the samples of a folder, which are looked through once per run; None without.

    Args:
        folder: The plan's; "" is none.
        run: Keeps what was found in the folder.
        channel: Events out, requests in.
        open_inputs: Returns how the preset reads a data set.

    Raises:
        TlguiError: the folder cannot be used, or knows classes that the run does not.
    """
    if not folder:
        return None
    path = run.path / REPLAY
    if path.exists():
        dataset = dataset_from_json(path.read_text(encoding="utf-8"))
    else:
        dataset = scan_folder(Path(folder), channel)
        durable.replace_file(path, dataset.to_json())
    classes = run.read_dataset().classes
    unknown = [name for name in dataset.classes if name not in classes]
    if unknown or not dataset.samples:
        detail = {"unknown": ", ".join(unknown) or "none", "known": ", ".join(classes)}
        raise TlguiError("classes_do_not_match", path=folder, **detail)
    own = np.array([classes.index(name) for name in dataset.classes], np.int64)
    labels = own[[sample.label for sample in dataset.samples]]
    return Replay(dataset=dataset, inputs=open_inputs(dataset), labels=labels)
