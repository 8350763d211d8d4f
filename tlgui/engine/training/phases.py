"""A phase applied to a network: which variables learn, and how fast."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import keras

from tlgui.core.phase import Part, Phase, Selection
from tlgui.engine.models import adapters, prompts
from tlgui.engine.models.layer_groups import LayerGroup, layer_groups, selected_groups
from tlgui.engine.models.segments import HEAD_NAME, MIXTURE_NAME
from tlgui.engine.training.schedules import learning_rate_schedule

Selected: TypeAlias = Mapping[str, tuple[keras.Variable, ...]]  # by group, from the input on

# of the statistics that are learned: pretraining has 100 times the steps to settle on them
QUICK_MOMENTUM: Final = 0.9

_MARKS: Final[dict[Part, str]] = {"adapter": adapters.MARK, "prompt": prompts.MARK}


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """Weights that learn at one rate.

    Attributes:
        optimizer: Built for the variables.
        variables: What it changes.
        num_groups: Layer groups that they are spread over.
    """

    optimizer: keras.Optimizer
    variables: tuple[keras.Variable, ...]
    num_groups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """What a phase does to a network.

    Attributes:
        trained_groups: For every layer group, from the input to the head, whether it learns.
        learners: The head's first.
    """

    trained_groups: tuple[bool, ...]
    learners: tuple[Learner, ...]

    @property
    def variables(self) -> list[keras.Variable]:
        """All that learns."""
        return [variable for learner in self.learners for variable in learner.variables]

    @property
    def optimizer_variables(self) -> list[keras.Variable]:
        """What the optimizers remember."""
        return [variable for learner in self.learners for variable in learner.optimizer.variables]

    @property
    def learning_rates(self) -> tuple[float, ...]:
        """Present rate per step of every layer group that learns, the head's first."""
        return tuple(
            float(learner.optimizer.learning_rate)
            for learner in self.learners
            for _ in range(learner.num_groups)
        )

    @property
    def learning_rate(self) -> float:
        """Present rate per step of the head."""
        return float(self.learners[0].optimizer.learning_rate)

    def apply(self, gradients: Sequence[Any]) -> None:
        """Update what learns; gradients stand in the order of ``variables``."""
        start = 0
        for learner in self.learners:
            end = start + len(learner.variables)
            learner.optimizer.apply(gradients[start:end], learner.variables)
            start = end

    def use_averages(self) -> None:
        """Put the moving averages of what learns in its place, where a phase keeps them."""
        for learner in self.learners:
            learner.optimizer.finalize_variable_values(list(learner.variables))

    def slow_down(self, factor: float) -> None:
        """Multiply the rates, which must follow no schedule."""
        for learner in self.learners:
            learner.optimizer.learning_rate = float(learner.optimizer.learning_rate) * factor


def apply_phase(phase: Phase, model: keras.Model, steps_per_epoch: int) -> Learning:
    """Return what learns in a phase, and set its batch normalizations to work as it says.

    With equal rates one optimizer takes all groups.
    """
    groups = layer_groups(model)
    thawed = selected_groups(groups, phase.trains)
    selected = {
        group.name: tuple(_selected(group, phase)) if is_thawed else ()
        for group, is_thawed in zip(groups, thawed, strict=True)
    }
    _set_batch_norms(model, is_training=phase.train_batch_norm)
    if phase.train_batch_norm:
        for norm in _batch_norms(model):
            norm.momentum = QUICK_MOMENTUM
    trained = tuple(bool(variables) for variables in selected.values())
    one_for_all = phase.rate_decay_per_group == 1
    learners = (_one_learner if one_for_all else _learners)(phase, selected, steps_per_epoch)
    return Learning(trained_groups=trained, learners=learners)


def _one_learner(phase: Phase, selected: Selected, steps_per_epoch: int) -> tuple[Learner, ...]:
    variables = tuple(variable for own in selected.values() for variable in own)
    optimizer = build_optimizer("optimizer", phase, variables, steps_per_epoch)
    num_groups = sum(map(bool, selected.values()))
    return (Learner(optimizer=optimizer, variables=variables, num_groups=num_groups),)


def _learners(phase: Phase, selected: Selected, steps_per_epoch: int) -> tuple[Learner, ...]:
    """Return a learner for every group that has any, the head's first."""
    return tuple(
        Learner(
            optimizer=build_optimizer(f"optimizer_{name}", phase, own, steps_per_epoch, distance),
            variables=own,
            num_groups=1,
        )
        for distance, (name, own) in enumerate(reversed([*selected.items()]))
        if own
    )


def _selected(group: LayerGroup, phase: Phase) -> Iterable[keras.Variable]:
    """Yield the variables of a thawed group that the phase trains."""
    for layer in group.layers:
        _set_batch_norms(layer, is_training=True)  # else it has nothing that could be trained
        for variable in layer.trainable_variables:
            if group.name == HEAD_NAME or _is_part(layer, variable, phase.trains):
                is_norm = not phase.train_batch_norm and _is_batch_norm(layer, variable)
                if not (is_norm and phase.trains.part == "all"):
                    yield variable


def _is_part(layer: keras.layers.Layer, variable: keras.Variable, selection: Selection) -> bool:
    own_name: str = variable.path.rpartition("/")[2]
    match selection.part:
        case "all":
            return True
        case "bias_and_norm":
            return own_name in ("bias", "gamma", "beta")
        case "low_rank":
            return own_name.startswith("lora_")
    return _MARKS[selection.part] in str(layer.name)


def _is_batch_norm(layer: keras.layers.Layer, variable: keras.Variable) -> bool:
    own = [weight for norm in _batch_norms(layer) for weight in (norm.gamma, norm.beta)]
    return any(variable is weight for weight in own)


def _set_batch_norms(layer: keras.layers.Layer, *, is_training: bool) -> None:
    """Let batch normalizations use and update the statistics of the batch, or the stored ones."""
    for norm in _batch_norms(layer):
        norm.trainable = is_training


def _batch_norms(layer: keras.layers.Layer) -> list[keras.layers.BatchNormalization]:
    parts = layer._flatten_layers(include_self=True)
    return [part for part in parts if isinstance(part, keras.layers.BatchNormalization)]


def build_optimizer(
    name: str,
    phase: Phase,
    variables: Sequence[keras.Variable],
    steps_per_epoch: int,
    distance: int = 0,
) -> keras.Optimizer:
    """Return Adam, with decoupled weight decay where the phase asks for it.

    The scores of a mixture of layers do not decay either: that would pull it to the even one.
    Nothing decays to zero where L2-SP pulls it elsewhere.

    Args:
        name: A fixed one: checkpoints find its variables by their paths.
        phase: Gives rates and decay.
        variables: What it is for.
        steps_per_epoch: Updates of the weights per epoch.
        distance: Of their layer group from the head.

    Source:
        Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2; biases and scales of
        normalizations do not decay, as in Devlin et al. 2019, arXiv:1810.04805; L2-SP stands in
        for decay in Li et al. 2018, arXiv:1802.01483, section 3. Rates that
        fall from group to group: Howard and Ruder 2018, arXiv:1801.06146, section 3.2.
    """
    peak = phase.learning_rate / phase.rate_decay_per_group**distance
    rate = learning_rate_schedule(phase, steps_per_epoch, peak)
    ema, pulls_back = phase.regularization.ema, phase.regularization.l2_sp > 0
    options: dict[str, Any] = {"name": name, "use_ema": bool(ema), "ema_momentum": ema or 0.99}
    if phase.weight_decay and not pulls_back:
        optimizer = keras.optimizers.AdamW(rate, weight_decay=phase.weight_decay, **options)
        mixture = [v for v in variables if v.path.startswith(f"{MIXTURE_NAME}/")]
        optimizer.exclude_from_weight_decay(mixture, var_names=["bias", "gamma", "beta"])
    else:
        optimizer = keras.optimizers.Adam(rate, **options)
    optimizer.build(list(variables))
    return optimizer


def count_weights(variables: Iterable[keras.Variable]) -> int:
    """Return the number of scalars in the variables."""
    return sum(int(keras.ops.size(variable)) for variable in variables)
