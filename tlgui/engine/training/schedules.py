"""Learning rates over the steps of a phase."""

import math
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
    along half a cosine and "linear" in a straight line toward 0, where they would be one step
    after the last; "slanted_triangular" falls to a 32nd of the peak, and rises from there. No
    step has the rate 0: it would be a step for nothing. "plateau" is constant here: whoever sees
    the validation loss makes it smaller.

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
    num_warmup = round(phase.warmup_fraction * num_steps)
    lowest = peak / LOWEST_RATIO if phase.schedule == "slanted_triangular" else 0.0
    return _RiseAndFall(
        peak=peak,
        lowest=lowest,
        num_warmup=num_warmup,
        num_decay=max(1, num_steps - num_warmup),
        is_cosine=phase.schedule == "warmup_cosine",
    )


class _RiseAndFall(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    def __init__(self, **config: float) -> None:
        self._config = config

    def __call__(self, step: Any) -> Any:
        config, done = self._config, keras.ops.cast(step, "float32")
        rising = (done + 1) / max(1, config["num_warmup"])
        fallen = keras.ops.clip((done - config["num_warmup"]) / config["num_decay"], 0.0, 1.0)
        falling = (1 + keras.ops.cos(math.pi * fallen)) / 2 if config["is_cosine"] else 1 - fallen
        height = keras.ops.minimum(rising, falling)
        return config["lowest"] + (config["peak"] - config["lowest"]) * height

    def get_config(self) -> dict[str, float]:
        """Return what it was made of."""
        return self._config
