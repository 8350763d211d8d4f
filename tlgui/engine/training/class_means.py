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


def solve_class_means(
    train: tuple[Floats, Labels],
    validation: tuple[Floats, Labels],
    weights: Floats | None = None,
) -> Head:
    """Return the linear head whose answer is the nearest mean of a class.

    Squared Mahalanobis distances of standardized features, softmax of their negatives. What the
    distances of a sample share cancels out, so that a linear layer is all it takes. Between two
    means about as near, the more frequent class is the likelier.

    Args:
        train: features of shape (num_samples, feature_size), or of several layers
            (num_samples, num_layers, feature_size), whose mean is used; every class present.
        validation: likewise; chooses between distances, and the temperature, by its loss.
        weights: shape (num_samples,), what a training sample counts for when the classes are
            counted; None is the same for all.

    Source:
        Snell et al. 2017, arXiv:1703.05175, equations 1 and 2, section 2.3 (other distances),
        section 2.4 (linear form). Shrunken covariances: Friedman 1989, "Regularized
        Discriminant Analysis", equation 18. Frequencies: Hastie et al. 2009, "The Elements of
        Statistical Learning", equation 4.10.
    """
    num_layers = train[0].shape[1] if train[0].ndim == 3 else 0
    features, unseen = (x.mean(axis=1) if num_layers else x for x in (train[0], validation[0]))
    labels = np.unique(train[1], return_inverse=True)[1]
    log_shares = np.log(np.bincount(labels, weights) / len(labels))
    heads = _candidates(features, labels, log_shares)
    best = min(heads, key=lambda h: score(h.probabilities(unseen), validation[1]).loss)
    mixture = np.zeros((1, num_layers), np.float32) if num_layers else None
    return Head(kernel=best.kernel, bias=best.bias, mixture=mixture)


def _candidates(features: Floats, labels: Labels, log_shares: Floats) -> Iterator[Head]:
    """Yield a head for every distance and temperature."""
    standardized, mean, scale = standardize(features)
    classes = range(len(log_shares))
    means = np.stack([standardized[labels == label].mean(axis=0) for label in classes])
    centered = standardized - means[labels]
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
                bias=(bias / temperature + log_shares).astype(np.float32),
            )
