"""Makes rare classes count as much as frequent ones."""

import numpy as np
from numpy.typing import NDArray

from tlgui.engine.data.inputs import Order


def class_weights(labels: NDArray[np.integer], num_classes: int) -> NDArray[np.float32]:
    """Return what a sample of each class weighs in the loss: the rarer, the more.

    Every class that has samples weighs the same in all, and a sample weighs 1 on average, so
    that the loss keeps its scale.

    Args:
        labels: shape (num_samples,), class indices in [0, num_classes).
        num_classes: Of the data set.

    Returns:
        Shape (num_classes,); 0 for a class without samples.

    Raises:
        ValueError: no samples.

    Source:
        King & Zeng 2001, "Logistic Regression in Rare Events Data", section 4.2, weighted to
        equal shares: num_samples / (classes that have samples · samples of the class).
    """
    if not len(labels):
        raise ValueError("need at least one label")
    counts = np.bincount(labels, minlength=num_classes)
    weights = np.zeros(num_classes, np.float32)
    present = counts > 0
    weights[present] = len(labels) / (present.sum() * counts[present])
    return weights


def draw_balanced(labels: NDArray[np.integer], seed: int, epoch: int) -> Order:
    """Return which samples an epoch has when every class is drawn equally often.

    As many indices as there are samples; classes differ by one at most. All samples of a rare
    class come about equally often, a frequent one shows other samples in every epoch. The order
    means nothing: give the samples to ``Inputs.training_order``.

    Args:
        labels: shape (num_samples,), class indices.
        seed: Of the run.
        epoch: Of the run; together they decide everything, so that a resume draws the same.

    Raises:
        ValueError: no samples.
    """
    chance = np.random.default_rng((seed, epoch, 2))  # (seed, epoch) and 1 make the order
    classes = chance.permutation(np.unique(labels))
    quotas = [len(part) for part in np.array_split(labels, len(classes))]
    drawn = [
        np.resize(chance.permutation(np.flatnonzero(labels == label)), quota)
        for label, quota in zip(classes, quotas, strict=True)
    ]
    return np.sort(np.concatenate(drawn))
