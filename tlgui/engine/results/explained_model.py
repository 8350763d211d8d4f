"""A trained model opened so that one can look inside."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core.plan import Plan
from tlgui.engine.data.features import Chained, Kept
from tlgui.engine.data.inputs import BatchFunction
from tlgui.engine.models import word_counts
from tlgui.engine.models.checkpoints import Tensors
from tlgui.engine.models.classifiers import inputs_key
from tlgui.engine.models.frozen import open_kept
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.models.linear_head import BIAS, KERNEL, head_of, softmax

VERSION: Final = 1  # of how a trained network makes features; see ``frozen.VERSION``


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedModel:
    """What a run's model is made of.

    Attributes:
        tensors: Of its checkpoint.
        classify: A batch to probabilities, without a temperature.
        features: A batch to what the head sees; of counted words a sparse row per text.
        network: Returns the Keras network from a batch to logits, built when it is first needed;
            methods that count words have none.
    """

    tensors: Tensors
    classify: BatchFunction
    features: BatchFunction
    network: Callable[[], Any]

    @property
    def counts_words(self) -> bool:
        """Whether it counts words, and has no network."""
        return word_counts.IDF in self.tensors


def open_explained(plan: Plan, library: PresetLibrary, tensors: Tensors) -> ExplainedModel:
    """Return the model of a checkpoint; Keras is loaded only if its backbone was trained.

    Raises:
        TlguiError: the preset or the checkpoint is damaged, or the preset is missing.
    """
    folder = library.folder(plan.preset)
    network = cache(partial(_network, folder, tensors, plan))
    if word_counts.IDF in tensors:
        return ExplainedModel(
            tensors=tensors,
            classify=word_counts.classifier(tensors),
            features=word_counts.WordCounts.from_tensors(tensors).features,  # type: ignore[arg-type]
            network=network,
        )
    head = head_of(tensors)
    if head is None:
        return _trained(plan, library, tensors, network)
    features = open_kept(folder, plan.pooling, inputs_key(plan), library.store)
    mixture = head.mixture
    return ExplainedModel(
        tensors=tensors,
        classify=Chained(function=features, then=head.probabilities),
        features=features
        if mixture is None
        else Chained(function=features, then=partial(_mixed, mixture=mixture)),
        network=network,
    )


def _network(*arguments: Any) -> Any:
    from tlgui.engine.models.trained_model import build_trained_model

    return build_trained_model(*arguments)


def _trained(
    plan: Plan, library: PresetLibrary, tensors: Tensors, network: Callable[[], Any]
) -> ExplainedModel:
    import keras

    from tlgui.engine.models.segments import HEAD_NAME
    from tlgui.engine.models.traced_steps import logits_step
    from tlgui.engine.models.trained_model import batch_probabilities

    model = network()
    pooled = keras.Model(model.input, model.get_layer(HEAD_NAME).input, name="features")
    features: BatchFunction = logits_step(pooled)
    if library.store:
        facts = {"inputs": inputs_key(plan), "version": VERSION}
        known = library.store.space(kind="trained_features", model=_digest(tensors), **facts)
        features = Kept(function=features, known=known)
    return ExplainedModel(
        tensors=tensors, classify=batch_probabilities(model), features=features, network=network
    )


def _digest(tensors: Tensors) -> str:
    """Return what tells a trained model from all others: no two learn the same last layer."""
    data = tensors[KERNEL].tobytes() + tensors[BIAS].tobytes()
    return hashlib.sha256(data).hexdigest()


def _mixed(features: NDArray[np.float32], mixture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the features of all layers as the head mixes them; see ``Head``."""
    mixed: NDArray[np.float32] = np.einsum("nld,l->nd", features, softmax(mixture)[0])
    return mixed
