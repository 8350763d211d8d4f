"""Every setting as a plan has it, written as a person would write it."""

from collections.abc import Callable
from typing import Any, Final

from tlgui.core.catalog import PresetInfo
from tlgui.core.phase import Phase
from tlgui.core.plan import Plan
from tlgui.core.plan_settings import gradient_phases, num_thaw_steps, varied_phases
from tlgui.core.planning import possible_settings


def _last(plan: Plan) -> Phase:
    return gradient_phases(plan)[-1]


def _shares(plan: Plan) -> str:
    split = plan.split
    shares = (split.train_fraction, split.validation_fraction, split.test_fraction)
    return "/".join(f"{share * 100:g}" for share in shares)


def _of_phase(field: str) -> Callable[[Plan], str]:
    return lambda plan: _text(getattr(_last(plan), field))


def _of_selection(field: str) -> Callable[[Plan], str]:
    return lambda plan: _text(getattr(_last(plan).trains, field))


def _of_regularization(field: str) -> Callable[[Plan], str]:
    return lambda plan: _text(getattr(_last(plan).regularization, field))


def _of_plan(field: str) -> Callable[[Plan], str]:
    return lambda plan: _text(getattr(plan, field))


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


SETTING_VALUES: Final[dict[str, Callable[[Plan], str]]] = {
    "adapt": lambda plan: str(sum(p.epochs for p in plan.phases if not p.has_labels)),
    "adapt_folder": _of_plan("adapt_folder"),
    "adapter_size": _of_selection("size"),
    "augmentation": lambda plan: varied_phases(plan)[-1].regularization.augmentation,
    "batch_size": _of_plan("batch_size"),
    "class_balance": _of_plan("class_balance"),
    "dropout": _of_regularization("dropout"),
    "ema": _of_regularization("ema"),
    "epochs": _of_phase("epochs"),
    "ewc": _of_regularization("ewc"),
    "group_by": lambda plan: plan.split.group_by,
    "l2_sp": _of_regularization("l2_sp"),
    "label_smoothing": _of_regularization("label_smoothing"),
    "learning_rate": _of_phase("learning_rate"),
    "lora_rank": _of_selection("size"),
    "lora_targets": _of_selection("targets"),
    "mixup": _of_regularization("mixup"),
    "patience": _of_phase("patience"),
    "pooling": _of_plan("pooling"),
    "prompt_tokens": _of_selection("size"),
    "rate_decay": _of_phase("rate_decay_per_group"),
    "replay_folder": _of_plan("replay_folder"),
    "replay_fraction": _of_regularization("replay_fraction"),
    "schedule": _of_phase("schedule"),
    "seed": _of_plan("seed"),
    "sequence_length": _of_plan("sequence_length"),
    "split": _shares,
    "thaw_steps": lambda plan: str(num_thaw_steps(plan)),
    "top_groups": _of_selection("num_groups"),
    "warmup": _of_phase("warmup_fraction"),
    "weight_decay": _of_phase("weight_decay"),
    "word_dropout": _of_regularization("word_dropout"),
}


def setting_values(plan: Plan, preset: PresetInfo) -> dict[str, str]:
    """Return what a plan has of every setting that changes something for it."""
    names = possible_settings(preset, plan.strategy)
    return {name: SETTING_VALUES[name](plan) for name in SETTING_VALUES if name in names}
