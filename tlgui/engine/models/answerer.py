"""Whoever answers: the best model of a run, or those of several runs together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Dataset, Sample
from tlgui.core.plan import Plan
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import apply_to_samples
from tlgui.engine.data.inputs import FileReader
from tlgui.engine.data.text_inputs import TextReader
from tlgui.engine.models.classifiers import (
    Network,
    best_checkpoint,
    open_inputs,
    open_network,
    open_reader,
    strangeness_of,
    temperature_of,
)
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.models.strangeness import Strangeness
from tlgui.engine.models.temperature import cooled

# what a file holds, once for each member: they may read it in different ways
Contents = tuple[Any, ...]


class Told(NamedTuple):
    """What a model says of a batch.

    Attributes:
        probabilities: shape (num_samples, num_classes), as people get them.
        strangeness: shape (num_samples,), unfamiliar above 1; None where nobody knows.
    """

    probabilities: NDArray[np.float32]
    strangeness: NDArray[np.float64] | None

    def rows(self) -> Iterator[tuple[NDArray[np.float32], float | None]]:
        """Yield both of each sample."""
        # Python's own numbers, which an event can carry
        known = repeat(None) if self.strangeness is None else self.strangeness.tolist()
        yield from zip(self.probabilities, known, strict=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweringModel:
    """One model with everything that its answers need.

    Attributes:
        plan: Says how it reads.
        library: Holds its preset.
        reader: Reads new files for it.
        network: From a batch to probabilities, as training left them.
        temperature: What their logits are divided by, before they are taken for an answer.
        strangeness: How unlike the training samples something is; None where nobody knows.
    """

    plan: Plan
    library: PresetLibrary
    reader: FileReader
    network: Network
    temperature: float = 1.0
    strangeness: Strangeness | None = None

    def rows(
        self, dataset: Dataset, samples: Sequence[Sample], channel: Channel, activity: str
    ) -> NDArray[np.float32]:
        """Return what the network's head is given, one row per sample; see ``Network``."""
        inputs = open_inputs(dataset, self.plan, self.library, channel)
        return apply_to_samples(self.network.lower, inputs, samples, channel, activity)

    def told(self, rows: NDArray[np.float32]) -> Told:
        """Return what it says of samples whose rows are known."""
        features, strangeness = self.network.features(rows), None
        if self.strangeness is not None and features is not None:
            strangeness = self.strangeness.of(features)
        probabilities = cooled(self.network.probabilities(rows), self.temperature)
        return Told(probabilities=probabilities, strangeness=strangeness)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerer:
    """The mean of what one or more models say, at a temperature of its own.

    Attributes:
        models: One for a run; of an ensemble each as sure of its answers as it should be.
        temperature: What the logits of the mean are divided by.
        epoch: Of the run, whose model this is; 0 for an ensemble.

    Source:
        Dietterich 2000, "Ensemble Methods in Machine Learning"; Lakshminarayanan et al. 2017,
        arXiv:1612.01474, section 2.4 (the mean of probabilities).
    """

    models: tuple[AnsweringModel, ...]
    temperature: float
    epoch: int

    def of_samples(
        self, dataset: Dataset, samples: Sequence[Sample], channel: Channel, activity: str
    ) -> Told:
        """Return what each model says of samples, shape (num_models, num_samples, num_classes).

        Raises:
            TlguiError: a file is gone or damaged by now.
            JobStopped: a person asked for it.
        """
        return _together(
            model.told(model.rows(dataset, samples, channel, activity)) for model in self.models
        )

    def read(self, path: Path) -> Contents:
        """Return what a file holds.

        Raises:
            UnreadableFile: with the reason.
        """
        readers = dict.fromkeys(model.reader for model in self.models)  # some read alike
        found = {reader: reader.read(path) for reader in readers}
        return tuple(found[model.reader] for model in self.models)

    def of_text(self, text: str) -> Contents:
        """Return what a text holds that was not read from a file of its own."""
        return (text,) * len(self.models)

    def why_not(self, contents: Contents) -> str:
        """Return why there can be no answer, or "": every model has to have one."""
        reasons = (
            model.reader.why_not(item) for model, item in zip(self.models, contents, strict=True)
        )
        return next(filter(None, reasons), "")

    def answers(self, batch: Sequence[Contents]) -> NDArray[np.float32]:
        """Return the probabilities that people get, shape (num_samples, num_classes)."""
        return self.told(batch).probabilities

    def told(self, batch: Sequence[Contents]) -> Told:
        """Return the same, and how strange the samples are."""
        items = zip(*batch, strict=True)
        said = _together(
            model.told(model.network.lower(model.reader.collate(own)))
            for model, own in zip(self.models, items, strict=True)
        )
        return said._replace(probabilities=self.corrected(mean_answer(said.probabilities)))

    def knowing(self, strangeness: Strangeness | None) -> "Answerer":
        """Return the same with what tells how strange samples are; none for several models."""
        if len(self.models) > 1:
            return self
        return replace(self, models=(replace(self.models[0], strangeness=strangeness),))

    def corrected(self, means: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return means as sure as they should be."""
        return cooled(means, self.temperature)

    def num_tokens(self, text: str) -> tuple[int, int]:
        """Return how many tokens a text has, and how many the model that reads least leaves out."""
        readers = (model.reader for model in self.models)
        counts = [r.num_tokens(text) for r in readers if isinstance(r, TextReader)]
        return max(counts, key=lambda count: (count[1], count[0]), default=(0, 0))


def _together(said: Iterable[Told]) -> Told:
    """Return what several models say as one, the probabilities still apart.

    Each sees something else, and nobody has asked from where on all of them together see
    something strange: so only one alone says how strange samples are.
    """
    told = [*said]
    strangeness = told[0].strangeness if len(told) == 1 else None
    return Told(
        probabilities=np.stack([one.probabilities for one in told]), strangeness=strangeness
    )


def mean_answer(said: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of what models say, from shape (num_models, ...) to shape (...)."""
    mean: NDArray[np.float32] = said.mean(axis=0)
    return mean


def open_answerer(run: RunFolder, library: PresetLibrary) -> Answerer:
    """Return the best model of a run, or those of an ensemble.

    Raises:
        TlguiError: there is no result yet, or something is damaged or missing.
    """
    folders = run.members
    opened = [_open(folder, library) for folder in folders]
    if folders == (run,):
        [(model, epoch)] = opened
        temperature = temperature_of(run, epoch)
        alone = Answerer(models=(model,), temperature=temperature, epoch=epoch)
        return alone.knowing(strangeness_of(run, epoch))
    models = tuple(
        replace(model, temperature=temperature_of(folder, epoch))
        for folder, (model, epoch) in zip(folders, opened, strict=True)
    )
    return Answerer(models=models, temperature=temperature_of(run, 0), epoch=0)


def _open(run: RunFolder, library: PresetLibrary) -> tuple[AnsweringModel, int]:
    """Return the best model of a run as training left it, and its epoch."""
    plan, best = run.read_plan(), best_checkpoint(run)
    folder = library.folder(plan.preset)
    model = AnsweringModel(
        plan=plan,
        library=library,
        reader=open_reader(plan, library.catalog[plan.preset], folder),
        network=open_network(plan, library, best.tensors),
    )
    return model, best.position.epoch
