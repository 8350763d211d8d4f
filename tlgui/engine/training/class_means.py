"""The head that asks which class mean is nearest: the answer in a second."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.engine.models.linear_head import Head
from tlgui.engine.training.head_solver import Labels, score, standardize

# how sure an answer is for a given difference in distance; judged on validation samples
TEMPERATURES: Final = tuple(float(t) for t in np.geomspace(0.01, 100, 33))

Floats = NDArray[np.floating]


def solve_class_means(train: tuple[Floats, Labels], validation: tuple[Floats, Labels]) -> Head:
    """Return the linear head whose answer is the nearest mean of a class.

    Squared distances of standardized features, softmax of their negatives. What they share,
    the square of the sample itself, cancels out, so that a linear layer is all it takes.
    Args:
        train: features of shape (num_samples, feature_size), or of several layers
            (num_samples, num_layers, feature_size), whose mean is used; every class present.
        validation: likewise; chooses the temperature, which changes no answer.

    Source:
        Snell et al. 2017, arXiv:1703.05175, equations 1 and 2, and section 2.3 (linear form).
    """
    num_layers = train[0].shape[1] if train[0].ndim == 3 else 0
    features, unseen = (x.mean(axis=1) if num_layers else x for x in (train[0], validation[0]))
    standardized, mean, scale = standardize(features)
    labels = train[1]
    means = np.stack([standardized[labels == label].mean(axis=0) for label in np.unique(labels)])
    kernel, bias = means.T / scale[:, np.newaxis], -(means**2).sum(axis=1) / 2
    bias = bias - mean @ kernel
    mixture = np.zeros((1, num_layers), np.float32) if num_layers else None

    def head(temperature: float) -> Head:
        share = 1 / (temperature * features.shape[1])
        return Head(
            kernel=(share * kernel).astype(np.float32),
            bias=(share * bias).astype(np.float32),
            mixture=mixture,
        )

    def loss(temperature: float) -> float:
        plain = Head(kernel=head(temperature).kernel, bias=head(temperature).bias)
        return score(plain.probabilities(unseen), validation[1]).loss

    return head(min(TEMPERATURES, key=loss))
