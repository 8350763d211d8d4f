"""What an augmentation does to somebody's own pictures, to look at before it is chosen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import keras
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tlgui.core import durable
from tlgui.core.dataset import Dataset, Sample, dataset_from_json
from tlgui.core.events import PreviewReady
from tlgui.core.job import PreviewJob
from tlgui.engine.channel import Channel
from tlgui.engine.data.images import write_thumbnail
from tlgui.engine.data.picture_inputs import PictureInputs
from tlgui.engine.data.sound import sound_samples
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.training.augmentation import Augmentation, build_augmentation

NUM_SAMPLES: Final = 4
NUM_VARIANTS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """The thumbnails of one sample.

    Attributes:
        original: As a model gets it without augmentation.
        variants: As it gets it in training; () where nothing varies.
    """

    original: Path
    variants: tuple[Path, ...]


def preview(job: PreviewJob, library: PresetLibrary, channel: Channel) -> None:
    """Do the job; the pictures go to the folder ``preview`` in the job's.

    Raises:
        TlguiError: the preset is not on this computer; and as ``write_preview``.
        OSError: the data set or a thumbnail; see there.
        JobStopped: a person asked for it.
    """
    library.folder(job.preset)
    dataset = dataset_from_json(Path(job.dataset).read_text(encoding="utf-8"))
    inputs = PictureInputs(dataset, library.catalog[job.preset].input_size_px, library.store)
    augmentation = build_augmentation(job.augmentation, job.mixup, seed=0)
    folder = Path(job.folder, "preview")
    samples = sound_samples(dataset, choose_samples(dataset), inputs, channel)
    rows = write_preview(inputs, samples, augmentation, folder, channel)
    channel.send(
        PreviewReady,
        originals=tuple(str(row.original) for row in rows),
        files=tuple(tuple(map(str, row.variants)) for row in rows),
    )


def choose_samples(dataset: Dataset, num: int = NUM_SAMPLES) -> tuple[Sample, ...]:
    """Return a few samples that a model learns from, of as many classes as possible.

    The same ones every time, so that presets can be compared.
    """
    samples = dataset.of_split("train") or dataset.samples
    order = np.random.default_rng(0).permutation(len(samples))
    seen: Counter[int] = Counter()
    turns: list[tuple[int, Sample]] = []
    for sample in (samples[index] for index in order):
        turns.append((seen[sample.label], sample))
        seen[sample.label] += 1
    turns.sort(key=lambda turn: turn[0])
    return tuple(sample for _, sample in turns[:num])


def write_preview(
    inputs: PictureInputs,
    samples: Sequence[Sample],
    augmentation: Augmentation | None,
    folder: Path,
    channel: Channel,
) -> tuple[PreviewRow, ...]:
    """Write thumbnails of samples and of their variants into a folder; return them by sample.

    Raises:
        TlguiError: a file is gone, changed or damaged by now, or the folder cannot be made.
        OSError: a thumbnail cannot be written.
        JobStopped: a person asked for it.
    """
    durable.make_folder(folder)
    pixels = next(iter(inputs.batches(samples, len(samples))))
    # one class is enough where only the pictures are looked at
    labels = keras.ops.ones((len(samples), 1))
    looks = [_write(pixels, folder, "original")]
    if augmentation:
        for number in range(NUM_VARIANTS):
            channel.stop_if_requested()
            varied, _ = augmentation(pixels, labels)
            looks.append(_write(keras.ops.convert_to_numpy(varied), folder, f"variant-{number}"))
    return tuple(PreviewRow(original=row[0], variants=row[1:]) for row in zip(*looks, strict=True))


def _write(pixels: NDArray[np.float32], folder: Path, name: str) -> list[Path]:
    files = [folder.absolute() / f"{number}-{name}.jpg" for number in range(len(pixels))]
    for file, picture in zip(files, np.rint(pixels).astype(np.uint8), strict=True):
        write_thumbnail(Image.fromarray(picture), file)
    return files
