"""The linear head as arrays: what a solved phase learns, without Keras."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.floating]

KERNEL: Final = "head/kernel"
BIAS: Final = "head/bias"
MIXTURE: Final = "mixture/embeddings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A linear layer with softmax on pooled features.

    Attributes:
        kernel: shape (feature_size, num_classes), float32.
        bias: shape (num_classes,), float32.
        mixture: shape (1, num_layers), float32: scores whose softmax weighs the features of
            several layers; None for features of one layer.
    """

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]
    mixture: NDArray[np.float32] | None = None

    def probabilities(self, features: Floats | csr_array) -> NDArray[np.float32]:
        """Return shape (num_samples, num_classes); each row sums to 1.

        Args:
            features: shape (num_samples, feature_size), or with a mixture
                (num_samples, num_layers, feature_size).

        Source:
            Peters et al. 2018, arXiv:1802.05365, equation 1; its scale is the kernel's.
        """
        pooled = features if self.mixture is None else self.pooled(features)
        return softmax(pooled @ self.kernel + self.bias)

    def pooled(self, features: Floats) -> Floats:
        """Return one vector per sample, shape (num_samples, feature_size); see above."""
        if self.mixture is None:
            return features
        weighed: Floats = np.einsum("nld,l->nd", features, softmax(self.mixture)[0])
        return weighed

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """Return the arrays by the paths of the Keras variables that take them."""
        tensors = {KERNEL: self.kernel, BIAS: self.bias}
        return tensors if self.mixture is None else {**tensors, MIXTURE: self.mixture}


def head_of(tensors: Mapping[str, NDArray[Any]]) -> Head | None:
    """Return the head that a checkpoint is made of, or None if more was trained than a head."""
    if not tensors.keys() <= {KERNEL, BIAS, MIXTURE}:
        return None
    return Head(kernel=tensors[KERNEL], bias=tensors[BIAS], mixture=tensors.get(MIXTURE))


def softmax(logits: Floats) -> NDArray[np.float32]:
    """Return probabilities along the last axis."""
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True), np.float32)
