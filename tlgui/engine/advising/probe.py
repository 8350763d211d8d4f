"""A look at a few samples: how near they are to what each preset knows, and how fast it is."""

import time
from collections.abc import Sequence
from functools import partial
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from tlgui.core.catalog import Pooling, PresetInfo
from tlgui.core.costs import KERAS_PASS
from tlgui.core.dataset import Dataset, Sample
from tlgui.core.facts import Facts, PresetFacts
from tlgui.core.plan import SplitPlan
from tlgui.core.planning import make_plan
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import BATCH_SIZE, Kept, apply_to_samples, labels_of
from tlgui.engine.data.inputs import Batch, BatchFunction
from tlgui.engine.data.sound import sound_samples
from tlgui.engine.data.split import assign_splits
from tlgui.engine.models import word_counts
from tlgui.engine.models.classifiers import inputs_key, open_inputs
from tlgui.engine.models.converted import ConvertedGraph
from tlgui.engine.models.frozen import open_kept
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.models.preset_files import GRAPH_FILE

MAX_SAMPLES: Final = 200
MAX_CLASSES: Final = 20  # so that there are enough samples of each for a mean


def probe(
    dataset: Dataset,
    library: PresetLibrary,
    presets: Sequence[PresetInfo],
    channel: Channel,
    split: SplitPlan = SplitPlan(),  # noqa: B008 (it cannot change)
    *,
    seed: int = 0,
) -> Facts:
    """Return what advice rests on; takes seconds and imports no Keras.

    Only samples to learn from are looked at: what judges a model must not choose it.

    Args:
        dataset: As the scan left it.
        library: Holds the presets.
        presets: To look at, all for this kind of data.
        channel: Events out, requests in.
        split: How the samples will be dealt.
        seed: Of the run, which decides who is dealt where.

    Raises:
        TlguiError: the data cannot be trained on, a file is gone, a preset is damaged.
        JobStopped: a person asked for it.
    """
    dataset.require_usable()
    dealt = assign_splits(dataset, split, seed)
    train = dealt.of_split("train")
    few = few_of_each_class(train)
    counts = np.bincount(labels_of(train), minlength=len(dataset.classes))
    return Facts(
        modality=dataset.modality,
        num_train=len(train),
        num_validation=len(dealt.of_split("validation")),
        num_test=len(dealt.of_split("test")),
        num_classes=len(dataset.classes),
        smallest_class=int(counts.min()),
        chance=1 / len({sample.label for sample in few}),
        presets=tuple(_preset_facts(dealt, few, info, library, channel) for info in presets),
        language=dataset.texts.language if dataset.texts else "",
        num_tokens=dataset.texts.num_tokens if dataset.texts else (),
    )


def has_fast_pass(info: PresetInfo, library: PresetLibrary) -> bool:
    """Return whether a preset computes features without Keras."""
    if info.architecture in ("embedding", "counts"):
        return True
    return (library.folder(info.id) / GRAPH_FILE).is_file()


def few_of_each_class(samples: Sequence[Sample], seed: int = 0) -> tuple[Sample, ...]:
    """Return some samples drawn at random, equally many of each class as far as there are.

    Of very many classes only some are looked at.
    """
    chance = np.random.default_rng(seed)
    labels = labels_of(samples)
    classes = chance.permutation(np.unique(labels))[:MAX_CLASSES]
    per_class = MAX_SAMPLES // len(classes)
    chosen = [chance.permutation(np.flatnonzero(labels == c))[:per_class] for c in classes]
    return tuple(samples[index] for index in np.sort(np.concatenate(chosen)))


def nearest_means_accuracy(
    features: NDArray[np.floating], labels: NDArray[np.integer]
) -> float | None:
    """Return the balanced accuracy of nearest class means, each sample left out of its own.

    Args:
        features: shape (num_samples, feature_size).
        labels: shape (num_samples,), class indices.

    Returns:
        A fraction in [0, 1]; None where no class has two samples.

    Source:
        Snell et al. 2017, arXiv:1703.05175, section 2, with squared Euclidean distances,
        on features of length 1.
    """
    classes, own = np.unique(labels, return_inverse=True)
    sizes = np.bincount(own)
    rows = np.arange(len(own))
    directions = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
    sums = np.stack([directions[own == c].sum(axis=0) for c in range(len(classes))])
    means = sums / sizes[:, np.newaxis]
    distances = ((directions[:, np.newaxis] - means) ** 2).sum(axis=2)
    others = np.maximum(sizes[own] - 1, 1)[:, np.newaxis]
    left_out = (sums[own] - directions) / others
    distances[rows, own] = ((directions - left_out) ** 2).sum(axis=1)
    is_right = distances.argmin(axis=1) == own
    judged = [is_right[own == c].mean() for c in range(len(classes)) if sizes[c] > 1]
    return float(np.mean(judged)) if judged else None


def _preset_facts(
    dataset: Dataset,
    samples: Sequence[Sample],
    info: PresetInfo,
    library: PresetLibrary,
    channel: Channel,
) -> PresetFacts:
    plan, folder = make_plan(info), library.folder(info.id)
    is_counting = info.family == word_counts.FAMILY
    has_layers = "layer_mixture" in info.poolings
    pooling: Pooling = "layer_mixture" if has_layers else plan.pooling
    kept = None if is_counting else open_kept(folder, pooling, inputs_key(plan), library.store)
    # what is known already would tell nothing about the pace of this computer
    function = kept.function if isinstance(kept, Kept) else kept or _counted
    inputs = open_inputs(dataset, plan, library, channel)
    samples = sound_samples(dataset, samples, inputs, channel)
    _warm_up(function, next(iter(inputs.batches(samples[:BATCH_SIZE], BATCH_SIZE))))
    start_s = time.perf_counter()
    features = apply_to_samples(function, inputs, samples, channel, "probing")
    samples_per_s = len(samples) / (time.perf_counter() - start_s)
    if isinstance(kept, Kept):
        kept.remember(samples, features)
    judged = partial(nearest_means_accuracy, labels=labels_of(samples))
    if not has_fast_pass(info, library) and not isinstance(function, ConvertedGraph):
        samples_per_s *= KERAS_PASS  # costs are counted in passes of the other engine
    return PresetFacts(
        preset=info.id,
        samples_per_s=samples_per_s,
        accuracy=None if is_counting else judged(features[:, -1] if has_layers else features),
        mixture_accuracy=judged(features.mean(axis=1)) if has_layers else None,
    )


def _warm_up(function: BatchFunction, batch: Batch) -> None:
    """Compute once what is slower the first time: the graph is prepared then."""
    function(batch)


def _counted(batch: Batch) -> NDArray[np.float32]:
    """Return one number per text, in the time that counting its words takes."""
    texts = cast(Sequence[str], batch)
    word_counts.WordCounts.fitted(texts)
    return np.zeros((len(texts), 1), np.float32)
