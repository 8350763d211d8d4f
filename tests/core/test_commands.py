"""Commands that repeat what was done."""

import shlex
from dataclasses import replace

from tests.core.examples import dataset
from tests.presets import CATALOG
from tlgui.arguments import given_settings, parse
from tlgui.core.commands import command_of_run
from tlgui.core.planning import make_plan

PRESET = CATALOG["efficientnet_lite0_imagenet"]


def typed(command):
    """Return the arguments as the command line understands them."""
    program, *words = shlex.split(command)
    assert program == "tlgui"
    return parse(words)


def test_command_of_a_run_makes_the_same_plan_again():
    settings = {"augmentation": "gentle", "batch_size": "8", "split": "50/25/25", "seed": "7"}
    plan = make_plan(PRESET, strategy="head_then_all", settings={**settings, "epochs": "3"})

    arguments = typed(command_of_run(plan, dataset(), PRESET))

    assert (arguments.folder, arguments.preset) == ("/pictures", PRESET.id)
    again = make_plan(PRESET, strategy=arguments.strategy, settings=given_settings(arguments))
    assert again == plan


def test_usual_settings_are_not_said():
    command = command_of_run(make_plan(PRESET), dataset(), PRESET)
    assert command == (
        "tlgui train /pictures --preset=efficientnet_lite0_imagenet "
        "--strategy=feature_extraction --seed=0"
    )


def test_odd_names_survive_the_shell():
    odd = replace(dataset(), folder="/odd näme %20 'q")
    plan = make_plan(PRESET, settings={"group_by": "column:It's"})

    arguments = typed(command_of_run(plan, odd, PRESET))

    assert arguments.folder == odd.folder
    assert arguments.group == "column:It's"


def test_columns_of_a_table_are_named():
    table = replace(dataset(), table="t.csv", text_column="text", label_column="label")
    preset = CATALOG["tfidf_linear"]

    arguments = typed(command_of_run(make_plan(preset), table, preset))

    assert arguments.folder == "/pictures/t.csv"
    assert (arguments.text_column, arguments.label_column) == ("text", "label")
