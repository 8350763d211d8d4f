"""The linear head on a learned mixture of layers, solved on cached features."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from tlgui.engine.models.linear_head import Head, softmax
from tlgui.engine.training.blas import scipy_on_one_thread
from tlgui.engine.training.head_solver import Labels, score, solve_head, standardize

MAX_ITERATIONS: Final = 200

Floats = NDArray[np.floating]


def solve_mixture_head(
    train: tuple[Floats, Labels],
    validation: tuple[Floats, Labels],
    l2_strengths: Sequence[float],
    on_solved: Callable[[int], None] = lambda count: None,
    on_step: Callable[[], None] = lambda: None,
    weights: Floats | None = None,
) -> Head:
    """Return a head on a weighted mean of layers, whose weights are learned with it.

    The even mixture is a convex problem, which chooses the L2 strength and is where the joint
    descent begins; the even mixture is kept where the learned one is no better on validation.

    Args:
        train: features of shape (num_samples, num_layers, feature_size) and labels.
        validation: likewise.
        l2_strengths: see ``solve_head``.
        on_solved: likewise.
        on_step: called after every step of the descent; may raise to end it.
        weights: see ``solve_head``.

    Source:
        Peters et al. 2018, arXiv:1802.05365, equation 1.
    """
    (features, labels), (unseen, unseen_labels) = train, validation
    even = np.zeros((1, features.shape[1]), np.float32)
    known_mean = features.mean(axis=1), labels
    unseen_mean = unseen.mean(axis=1), unseen_labels
    head, strength = solve_head(known_mean, unseen_mean, l2_strengths, on_solved, weights)
    start = Head(kernel=head.kernel, bias=head.bias, mixture=even)
    learned = _Descent.prepare(train, strength, weights).from_head(start, on_step)
    return min((start, learned), key=lambda h: score(h.probabilities(unseen), unseen_labels).loss)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Descent:
    """The joint problem in standardized features.

    Attributes:
        features: shape (num_samples, num_layers, feature_size), standardized.
        targets: shape (num_samples, num_classes), one-hot.
        weights: shape (num_samples,), what each sample counts.
        strength: weight of half the squared norm against the mean loss.
        means: shape (num_layers, feature_size), what was subtracted.
        scale: shape (feature_size,), what was divided by.
    """

    features: NDArray[np.float32]
    targets: NDArray[np.float32]
    weights: Floats
    strength: float
    means: Floats
    scale: Floats

    @classmethod
    def prepare(
        cls, train: tuple[Floats, Labels], strength: float, weights: Floats | None
    ) -> "_Descent":
        features, labels = train
        _, _, scale = standardize(features.mean(axis=1))
        means = features.mean(axis=0)
        standardized = np.asarray(features - means, np.float32)
        standardized /= scale  # in place: a mixture's features are many
        return cls(
            features=standardized,
            targets=np.eye(int(labels.max()) + 1, dtype=np.float32)[labels],
            weights=np.ones(len(labels), np.float32) if weights is None else weights,
            strength=strength,
            means=means,
            scale=scale,
        )

    def from_head(self, start: Head, on_step: Callable[[], None]) -> Head:
        """Return the head that the descent from ``start`` ends at."""
        bias: Floats = start.bias + self.means.mean(axis=0) @ start.kernel
        kernel = start.kernel * self.scale[:, np.newaxis]
        first = np.concatenate([np.zeros(len(self.means)), kernel.ravel(), bias])
        options = {"maxiter": MAX_ITERATIONS}
        with scipy_on_one_thread():
            found = minimize(
                self._loss,
                first,
                jac=True,
                method="L-BFGS-B",
                options=options,
                callback=lambda _: on_step(),
            ).x
        scores, solved, bias = self._parts(found)
        folded = solved / self.scale[:, np.newaxis]
        return Head(
            kernel=folded.astype(np.float32),
            bias=(bias - softmax(scores) @ self.means @ folded).astype(np.float32),
            mixture=scores[np.newaxis].astype(np.float32),
        )

    def _loss(self, values: Floats) -> tuple[float, Floats]:
        """Return the penalized mean cross-entropy in nats, and its gradient."""
        scores, kernel, bias = self._parts(values)
        weights = softmax(scores)
        mixed = np.einsum("nld,l->nd", self.features, weights)
        probabilities = softmax(mixed @ kernel + bias)
        of_label = (probabilities * self.targets).sum(axis=1)
        losses = -np.log(np.maximum(of_label, np.finfo(np.float32).tiny))
        loss = (self.weights * losses).mean()
        error = (probabilities - self.targets) * self.weights[:, np.newaxis] / len(self.targets)
        by_weight = np.einsum("nld,nd->l", self.features, error @ kernel.T)
        gradient = np.concatenate(
            [
                weights * (by_weight - weights @ by_weight),
                (mixed.T @ error + self.strength * kernel).ravel(),
                error.sum(axis=0),
            ]
        )
        return float(loss + self.strength / 2 * (kernel**2).sum()), gradient.astype(np.float64)

    def _parts(self, values: Floats) -> tuple[Floats, Floats, Floats]:
        num_layers, size = self.means.shape
        num_classes = self.targets.shape[1]
        scores, kernel, bias = np.split(values, [num_layers, num_layers + size * num_classes])
        return scores, kernel.reshape(size, num_classes), bias
