"""How unlike anything it was trained on a network finds a sample, by what its head is given."""

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from tlgui.core import durable
from tlgui.engine.models.checkpoints import tensor_bytes

log = logging.getLogger(__name__)

Floats = NDArray[np.floating]

FILE: Final = "familiarity.safetensors"
SMALLEST_NORM: Final = 1e-6  # of features that point anywhere


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strangeness:
    """The distance to the nearest class mean, 1 where it begins to be unfamiliar.

    Mahalanobis distances of features of length 1. The covariance within the classes has a
    variance of its own in a few directions, and one and the same in all others. So the square of
    the distance is what three matrix products of the features give.

    Attributes:
        constant: shape (1,), the inverse of the variance in all other directions.
        directions: shape (feature_size, num_directions); the square of what they give of the
            features is taken from the constant.
        kernel: shape (feature_size, num_classes), what is added for each class.
        bias: shape (num_classes,), likewise.

    Source:
        Lee et al. 2018, arXiv:1807.03888, equation 2; lengths of 1: Müller and Hein 2025,
        "Mahalanobis++", arXiv:2505.18032; the form of the covariance: Tipping and Bishop 1999,
        "Probabilistic principal component analysis", section 3.2.
    """

    constant: NDArray[np.float32]
    directions: NDArray[np.float32]
    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]

    def of(self, features: Floats) -> NDArray[np.float64]:
        """Return how strange samples are, shape (num_samples,); 0 is a class mean itself.

        Args:
            features: shape (num_samples, feature_size), what the head takes.
        """
        units = unit_rows(features)
        own = self.constant * (units**2).sum(axis=1) - ((units @ self.directions) ** 2).sum(axis=1)
        squares: NDArray[np.float64] = own + (units @ self.kernel + self.bias).min(axis=1)
        return np.sqrt(np.maximum(squares, 0))

    def in_units_of(self, limit: float) -> "Strangeness":
        """Return the same where the limit is 1."""
        return Strangeness(
            constant=self.constant / np.float32(limit**2),
            directions=self.directions / np.float32(limit),
            kernel=self.kernel / np.float32(limit**2),
            bias=self.bias / np.float32(limit**2),
        )

    def write(self, folder: Path) -> None:
        """Write what ``read_strangeness`` reads into a folder.

        Raises:
            TlguiError: the disk is full or the folder cannot be written.
        """
        durable.replace_file(folder / FILE, tensor_bytes(asdict(self)))


def unit_rows(features: Floats) -> NDArray[np.float64]:
    """Return rows of length 1; one of zeros stays as it is."""
    rows = np.asarray(features, np.float64)
    lengths: NDArray[np.float64] = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.maximum(lengths, SMALLEST_NORM)


def read_strangeness(folder: Path) -> Strangeness | None:
    """Return what ``Strangeness.write`` wrote; None where there is nothing, or it is damaged."""
    try:
        return _checked(load((folder / FILE).read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, SafetensorError) as error:
        log.warning("nothing is flagged, %s is damaged: %s", folder / FILE, error)
        return None


def _checked(tensors: Mapping[str, NDArray[Any]]) -> Strangeness:
    found = Strangeness(**tensors)
    size, num_classes = found.kernel.shape
    shapes = (found.constant.shape, found.directions.shape[:1], found.bias.shape)
    if shapes != ((1,), (size,), (num_classes,)):
        raise ValueError(f"tensors of shapes {shapes}")
    return found
