"""What smaller weights cost: measured on samples that neither training nor the test saw."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tlgui.engine.channel import Channel
from tlgui.engine.child import FreshModel
from tlgui.engine.results.exportable import Exportable, SampleBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How well and how fast a bundle answers the validation split.

    Attributes:
        accuracy: Fraction in [0, 1].
        num_samples: How many were asked.
        samples_per_s: In a process of its own.
        model_bytes: Of the model alone.
    """

    accuracy: float
    num_samples: int
    samples_per_s: float
    model_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A model with smaller weights beside the same model as it is."""

    smaller: Measured
    whole: Measured


def measure(
    exportable: Exportable, exported: FreshModel, model: Path, channel: Channel
) -> Measured:
    """Return how a bundle does on the validation split.

    Raises:
        TlguiError: a sample is gone, or the bundle does not answer.
        JobStopped: a person asked for it.
    """
    num_right, num_samples, seconds = 0, 0, 0.0
    for batch in validation_batches(exportable, channel):
        answered = exported.of_items(batch.items)
        num_right += int((answered.probabilities.argmax(axis=1) == batch.labels).sum())
        num_samples += len(batch.labels)
        seconds += answered.seconds
    return Measured(
        accuracy=num_right / num_samples,
        num_samples=num_samples,
        samples_per_s=num_samples / seconds,
        model_bytes=size_of(model),
    )


def validation_batches(exportable: Exportable, channel: Channel) -> Iterator[SampleBatch]:
    """Yield the samples of the validation split, and tell how far it has come."""
    samples, done = exportable.trained.dataset.of_split("validation"), 0
    for batch in exportable.batches(samples):
        channel.stop_if_requested()
        yield batch
        done += len(batch.labels)
        channel.progress("validating", done, len(samples))


def size_of(model: Path) -> int:
    """Return the bytes of a model: of a file and those that share its stem, or of a folder."""
    if model.is_dir():
        return sum(file.stat().st_size for file in model.rglob("*") if file.is_file())
    weights = model.with_suffix(".bin")  # that OpenVINO keeps beside
    return sum(file.stat().st_size for file in (model, weights) if file.exists())
