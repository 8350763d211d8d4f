"""What a format writes: a trained model, whatever its samples are."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Sample
from tlgui.engine.models.answerer import Contents
from tlgui.engine.results.bundle import Trained


class SampleBatch(NamedTuple):
    """Some samples, as a bundle takes them and as the run's own model does.

    Attributes:
        items: Pixels of shape (height, width, 3), all of one shape, or texts.
        contents: The same as the run's models take it.
        labels: Shape (num_samples,), class indices.
    """

    items: Sequence[Any]
    contents: Sequence[Contents]
    labels: NDArray[np.integer]


class FixedGraph(NamedTuple):
    """A model whose inputs have one length, and what has to be said of that."""

    model: keras.Model
    settings: dict[str, object]


class Exportable(Protocol):
    """A trained model that any format can write, and everything around it in a bundle.

    Attributes:
        trained: What the run came to.
        script: Name of its ``predict.py`` in ``resources/bundle``.
        packages: What that script needs besides what runs the model.
    """

    trained: Trained
    script: str
    packages: tuple[str, ...]

    def stock_model(self) -> keras.Model:
        """Return a functional model to probabilities, made of layers that Keras can load alone."""

    def graph(self) -> keras.Model:
        """Return a functional model to probabilities, of operations that every runtime has."""

    def fixed_graph(self) -> FixedGraph:
        """Return the same for a runtime that must know the length of a text."""

    def settings(self) -> dict[str, object]:
        """Return what ``preprocessing.json`` says of samples."""

    def write_companions(self, bundle: Path) -> None:
        """Write what samples need on their way to the model."""

    def batches(self, samples: Sequence[Sample]) -> Iterator[SampleBatch]:
        """Yield samples of the data set, not always in their order.

        Raises:
            TlguiError: a file is gone or another by now.
        """

    def write_golden(self, samples: Sequence[Sample], folder: Path) -> list[Path]:
        """Write small copies of samples, which ``predict.py`` can read.

        Raises:
            TlguiError: a file is gone or another by now.
        """

    def read_golden(self, path: Path) -> SampleBatch:
        """Return such a copy; its label is unknown."""
