"""Learning rates over the steps of a phase."""

from typing import Any, TypeAlias

import keras

from tlgui.core.phase import Phase

Schedule: TypeAlias = Any  # of Keras, or a number

LOWEST_RATIO = 32  # of a slanted triangle: how much smaller the lowest rate is than the peak
PLATEAU_FACTOR = 0.5
PLATEAU_PATIENCE = 2  # epochs without progress after which "plateau" takes smaller steps


def learning_rate_schedule(phase: Phase, steps_per_epoch: int, peak: float) -> Schedule:
    """Return a learning rate as a function of the phase's own steps.

    All but "constant" and "plateau" rise linearly during the warm-up. "warmup_cosine" then falls
    along half a cosine to 0 at the phase's last planned step and "linear" in a straight line;
    "slanted_triangular" both rises from and falls to a 32nd of the peak. "plateau" is constant
    here: whoever sees the validation loss makes it smaller.

    Args:
        phase: Whose schedule it is.
        steps_per_epoch: Updates of the weights per epoch.
        peak: Rate per step after the warm-up.

    Source:
        Goyal et al. 2017, arXiv:1706.02677, section 2.2 (gradual warm-up);
        Loshchilov and Hutter 2017, arXiv:1608.03983, section 3 (one cosine cycle);
        Devlin et al. 2019, arXiv:1810.04805, appendix A.2 (linear decay);
        Howard and Ruder 2018, arXiv:1801.06146, equation 3 (slanted triangle, ratio 32).
    """
    if phase.schedule in ("constant", "plateau"):
        return peak
    num_steps = phase.epochs * steps_per_epoch
    num_warmup = max(1, round(phase.warmup_fraction * num_steps))
    num_decay = max(1, num_steps - num_warmup)
    if phase.schedule == "warmup_cosine":
        return keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=0.0,
            warmup_target=peak,
            warmup_steps=num_warmup,
            decay_steps=num_decay,
        )
    lowest = peak / LOWEST_RATIO if phase.schedule == "slanted_triangular" else 0.0
    return _Triangle(peak=peak, lowest=lowest, num_warmup=num_warmup, num_decay=num_decay)


class _Triangle(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    def __init__(self, *, peak: float, lowest: float, num_warmup: int, num_decay: int) -> None:
        self._peak, self._lowest = peak, lowest
        self._num_warmup, self._num_decay = num_warmup, num_decay

    def __call__(self, step: Any) -> Any:
        done = keras.ops.cast(step, "float32")
        rising = done / self._num_warmup
        falling = 1 - (done - self._num_warmup) / self._num_decay
        height = keras.ops.clip(keras.ops.minimum(rising, falling), 0.0, 1.0)
        return self._lowest + (self._peak - self._lowest) * height

    def get_config(self) -> dict[str, float]:
        """Return what it was made of."""
        return {
            "peak": self._peak,
            "lowest": self._lowest,
            "num_warmup": self._num_warmup,
            "num_decay": self._num_decay,
        }
