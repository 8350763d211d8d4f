"""What advice rests on: facts of the data, and of each preset on this computer."""

from dataclasses import dataclass

from tlgui.core.costs import Work
from tlgui.core.dataset import Modality
from tlgui.core.errors import TlguiError


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetFacts:
    """What a look at a few samples found of one preset.

    Attributes:
        preset: Its id.
        samples_per_s: Pace of the frozen network, reading included.
        accuracy: Balanced accuracy of nearest class means on its features; None where it has
            no features before it learns.
        mixture_accuracy: Likewise on the mean of all its layers; None where it has no such
            pooling.
    """

    preset: str
    samples_per_s: float
    accuracy: float | None = None
    mixture_accuracy: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What advice rests on: the data, and how this computer and its presets do on them.

    Attributes:
        modality: What a sample is.
        num_train: Samples to learn from; the others likewise.
        num_validation: To choose by.
        num_test: To test with.
        num_classes: At least 2.
        smallest_class: Samples to learn from of the rarest class.
        chance: Balanced accuracy of guessing among the classes that were looked at.
        presets: What was found of each, in the catalog's order.
        language: ISO 639-1 code of texts; "" where that is open.
        num_tokens: Percentiles of their lengths, see ``TextFacts``; () for what was not counted.
    """

    modality: Modality
    num_train: int
    num_validation: int
    num_test: int
    num_classes: int
    smallest_class: int
    chance: float
    presets: tuple[PresetFacts, ...]
    language: str = ""
    num_tokens: tuple[int, ...] = ()

    def of_preset(self, preset: str) -> PresetFacts:
        """Return what was found of a preset.

        Raises:
            TlguiError: nobody looked at it.
        """
        for found in self.presets:
            if found.preset == preset:
                return found
        known = ", ".join(found.preset for found in self.presets)
        raise TlguiError("preset_unknown", name=preset, known=known)

    def work(self, preset: str) -> Work:
        """Return how much there is to do for a preset, and how fast it is."""
        return Work(
            num_train=self.num_train,
            num_validation=self.num_validation,
            num_test=self.num_test,
            num_classes=self.num_classes,
            samples_per_s=self.of_preset(preset).samples_per_s,
            num_tokens=self.num_tokens,
        )

    def nearness(self, preset: str) -> float:
        """Return how far nearest class means come from guessing, 0, to being always right, 1.

        Source:
            Snell et al. 2017, arXiv:1703.05175, section 2 (the classifier).
        """
        accuracy = self.of_preset(preset).accuracy
        return 1.0 if accuracy is None else (accuracy - self.chance) / (1 - self.chance)
