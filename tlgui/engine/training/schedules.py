"""Learning rates over the steps of a phase."""

import keras

from tlgui.core.strategies import Phase


def learning_rate_schedule(
    phase: Phase, steps_per_epoch: int
) -> keras.optimizers.schedules.LearningRateSchedule | float:
    """Return the phase's learning rate as a function of its own steps.

    "warmup_cosine" rises linearly from 0 to the peak, then falls along half a cosine to 0 at
    the phase's last planned step.

    Source:
        Goyal et al. 2017, arXiv:1706.02677, section 2.2 (gradual warm-up);
        Loshchilov and Hutter 2017, arXiv:1608.03983, section 3 (one cosine cycle).
    """
    if phase.schedule == "constant":
        return phase.learning_rate
    num_steps = phase.epochs * steps_per_epoch
    num_warmup = max(1, round(phase.warmup_fraction * num_steps))
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        warmup_target=phase.learning_rate,
        warmup_steps=num_warmup,
        decay_steps=max(1, num_steps - num_warmup),
    )
