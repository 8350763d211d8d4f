"""The head that asks which class mean is nearest: the answer in a second."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.engine.models.linear_head import Head
from tlgui.engine.training.head_solver import Labels, score, standardize

# how much the distance makes of features that vary together: 1 is nothing, Euclid's distance
SHRINKAGES: Final = (1.0, 0.7, 0.4, 0.2, 0.1)
# how sure an answer is for a given difference in distance
TEMPERATURES: Final = tuple(float(t) for t in np.geomspace(0.01, 100, 17))

Floats = NDArray[np.floating]


def solve_class_means(train: tuple[Floats, Labels], validation: tuple[Floats, Labels]) -> Head:
    """Return the linear head whose answer is the nearest mean of a class.

    Squared Mahalanobis distances of standardized features, softmax of their negatives. What the
    distances of a sample share cancels out, so that a linear layer is all it takes.

    Args:
        train: features of shape (num_samples, feature_size), or of several layers
            (num_samples, num_layers, feature_size), whose mean is used; every class present.
        validation: likewise; chooses between distances, and the temperature, by its loss.

    Source:
        Snell et al. 2017, arXiv:1703.05175, equations 1 and 2, section 2.3 (other distances),
        section 2.4 (linear form). Shrunken covariances: Friedman 1989, "Regularized
        Discriminant Analysis", equation 18.
    """
    num_layers = train[0].shape[1] if train[0].ndim == 3 else 0
    features, unseen = (x.mean(axis=1) if num_layers else x for x in (train[0], validation[0]))
    heads = _candidates(features, train[1])
    best = min(heads, key=lambda h: score(h.probabilities(unseen), validation[1]).loss)
    mixture = np.zeros((1, num_layers), np.float32) if num_layers else None
    return Head(kernel=best.kernel, bias=best.bias, mixture=mixture)


def _candidates(features: Floats, labels: Labels) -> Iterator[Head]:
    """Yield a head for every distance and temperature."""
    standardized, mean, scale = standardize(features)
    means = np.stack([standardized[labels == label].mean(axis=0) for label in np.unique(labels)])
    centered = standardized - means[np.unique(labels, return_inverse=True)[1]]
    covariance = centered.T @ centered / len(labels)
    spread = np.trace(covariance) / len(covariance) or 1.0  # 0 with one sample of each class
    sphere = spread * np.eye(len(covariance))
    for shrinkage in SHRINKAGES:
        shrunken = (1 - shrinkage) * covariance + shrinkage * sphere
        standard = np.linalg.solve(shrunken, means.T)
        kernel = standard / scale[:, np.newaxis]
        bias = -(means * standard.T).sum(axis=1) / 2 - mean @ kernel
        for temperature in TEMPERATURES:
            yield Head(
                kernel=(kernel / temperature).astype(np.float32),
                bias=(bias / temperature).astype(np.float32),
            )
