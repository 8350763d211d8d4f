"""Commands that a person could type, from what was chosen."""

import shlex
from collections.abc import Mapping
from typing import Final

from tlgui.core.catalog import PresetInfo
from tlgui.core.dataset import Dataset
from tlgui.core.plan import Plan
from tlgui.core.planning import make_plan
from tlgui.core.setting_values import setting_values

# settings that have an option of their own, by name
OPTIONS: Final = {"epochs": "epochs", "seed": "seed", "group_by": "group", "split": "split"}


def train_command(source: str, options: Mapping[str, str], settings: Mapping[str, str]) -> str:
    """Return the command that trains.

    Args:
        source: A folder or a table.
        options: By their names without dashes; those that are "" are left out.
        settings: By name.
    """
    named = {OPTIONS[name]: text for name, text in settings.items() if name in OPTIONS}
    words = [f"--{name}={text}" for name, text in {**options, **named}.items() if text]
    words += [f"--set={n}={text}" for n, text in settings.items() if n not in OPTIONS]
    return shlex.join(["tlgui", "train", source, *words])


def command_of_run(plan: Plan, dataset: Dataset, preset: PresetInfo) -> str:
    """Return the command that repeats a run; what is usual anyway is left out."""
    usual = setting_values(make_plan(preset, strategy=plan.strategy), preset)
    # how much time there is decides the epochs where nobody else does
    always = {"epochs", "seed"}
    settings = {
        name: text
        for name, text in setting_values(plan, preset).items()
        if text != usual.get(name) or name in always
    }
    options = {
        "preset": plan.preset,
        "strategy": plan.strategy,
        "text-column": dataset.text_column,
        "label-column": dataset.label_column if dataset.table else "",
    }
    return train_command(dataset.source, options, settings)
