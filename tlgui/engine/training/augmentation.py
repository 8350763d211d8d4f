"""Variations of pictures that a model learns from, so that it sees none of them twice."""

from collections.abc import Sequence
from typing import Final

import keras

from tlgui.core.phase import AugmentationId
from tlgui.engine.training.augmentation_pose import RandomPose, Tensor

NAME: Final = "augmentation"
_RANGE: Final = (0.0, 255.0)
_GRAY: Final = (127.5, 127.5, 127.5)

_POSES: Final[dict[AugmentationId, RandomPose]] = {
    "gentle": RandomPose(zoom=0.1, shift_fraction=0.05),
    "strong": RandomPose(turn_degrees=20.0, zoom=0.25, shift_fraction=0.1),
    "scans": RandomPose(quarter_turns=True),
}


class Augmentation:
    """One preset with its random state, for training only: no exported model contains it.

    Attributes:
        seeds: The whole random state.
    """

    def __init__(
        self,
        pose: RandomPose | None,
        layers: Sequence[keras.Layer],
        seeds: keras.random.SeedGenerator,
    ) -> None:
        """Prepare.

        Args:
            pose: How pictures are moved; None leaves them.
            layers: What happens to them then.
            seeds: The layers draw from it and from nothing else.
        """
        self.seeds = seeds
        self._pose = pose
        self._layers = layers
        for layer in layers:
            # their own are named by a counter of the process, and a checkpoint goes by names
            layer.generator = seeds

    @property
    def variables(self) -> list[keras.Variable]:
        """The random state; whoever assigns it to a new one goes on where this one stands."""
        return [self.seeds.state]

    def __call__(self, pixels: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Return varied pictures and their labels, another variation with every call.

        Args:
            pixels: float32 (batch, size, size, 3) in 0..255.
            labels: float32 (batch, num_classes), one-hot; only MixUp changes them.
        """
        if self._pose:
            pixels = self._pose(pixels, self.seeds)
        samples = {"images": pixels, "labels": labels}
        for layer in self._layers:
            samples = layer(samples, training=True)
        # sums of rounded weights can reach beyond
        return keras.ops.clip(samples["images"], *_RANGE), samples["labels"]


def build_augmentation(preset: AugmentationId, mixup: float, seed: int) -> Augmentation | None:
    """Return the augmentation of a preset, or None where nothing varies.

    Args:
        preset: Its id.
        mixup: Alpha of the Beta distribution that pairs of pictures are mixed by; 0 mixes none.
        seed: Of the run.

    Source:
        MixUp: Zhang et al. 2018, arXiv:1710.09412. Erasing: Zhong et al. 2020,
        arXiv:1708.04896.
    """
    layers = _layers(preset)
    if mixup:
        layers.append(keras.layers.MixUp(mixup, name=f"{NAME}_mixup", dtype="float32"))
    pose = _POSES.get(preset)
    if pose is None and not layers:
        return None
    return Augmentation(pose, layers, keras.random.SeedGenerator(seed, name=NAME))


def _layers(preset: AugmentationId) -> list[keras.Layer]:
    """Return what happens to the colors of pictures."""
    if preset == "gentle":
        return [_brightness(0.1), _contrast(0.1)]
    if preset == "strong":
        return [_brightness(0.2), _contrast(0.3), _grayness(0.6), _erasing(0.3)]
    return []


def _brightness(most: float) -> keras.Layer:
    name = f"{NAME}_brightness"
    return keras.layers.RandomBrightness(most, value_range=_RANGE, name=name, dtype="float32")


def _contrast(most: float) -> keras.Layer:
    name = f"{NAME}_contrast"
    # a single factor would only raise the contrast
    factor = (most, most)
    return keras.layers.RandomContrast(factor, value_range=_RANGE, name=name, dtype="float32")


def _grayness(most: float) -> keras.Layer:
    name = f"{NAME}_grayness"
    return keras.layers.RandomColorDegeneration(
        (0.0, most), value_range=_RANGE, name=name, dtype="float32"
    )


def _erasing(probability: float) -> keras.Layer:
    """Hide a rectangle of 2 to 20 % of a picture behind gray; noise would cost twice as much."""
    return keras.layers.RandomErasing(
        (probability, probability),  # a single number would be the most that it is drawn from
        scale=(0.02, 0.2),
        fill_value=_GRAY,
        value_range=_RANGE,
        name=f"{NAME}_erasing",
        dtype="float32",
    )
