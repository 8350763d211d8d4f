"""The advisor on the command line: what it recommends, and what training makes of it."""

import io
import itertools
import json
import os
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.test_advice import facts
from tests.presets import LITE0
from tlgui.arguments import given_settings, parse, train_command
from tlgui.cli import Commands
from tlgui.console import JsonOutput
from tlgui.core.advice import advise
from tlgui.core.errors import DONE, TlguiError
from tlgui.core.events import from_json
from tlgui.core.ladder import LEVELS, QUICK, RECOMMENDED, THOROUGH
from tlgui.core.plan_settings import gradient_phases
from tlgui.core.run_folder import RunFolder
from tlgui.core.settings import application_home

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.engine


def tlgui(*arguments):
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines(), done.stderr


@pytest.fixture
def planned(monkeypatch, tmp_path, pictures):
    """Return a function from arguments of ``train`` to the plan that would be trained."""
    monkeypatch.setattr(Commands, "_train", lambda self, path: DONE)

    def plan(*arguments):
        run = tmp_path / f"run {len(list(tmp_path.iterdir()))}"
        commands = Commands(application_home(os.environ), JsonOutput(io.StringIO()))
        assert commands.train(parse(["train", str(pictures), "--run", str(run), *arguments])) == 0
        return RunFolder(run).read_plan()

    return plan


def test_advice_comes_with_reasons_costs_and_the_command_that_follows_it(pictures):
    code, lines, error = tlgui("advise", pictures, "--thorough")

    assert code == 0, error
    for start in ("Model: ", "Strategy: ", "Settings: "):
        [index] = [n for n, line in enumerate(lines) if line.startswith(start)]
        assert lines[index + 1].startswith("  "), "a reason follows"
    assert lines[-2].startswith("Takes at most about ")
    command = shlex.split(lines[-1].removeprefix("Train it with: tlgui "))
    arguments = parse(command)
    assert Path(arguments.folder) == pictures
    assert f"Strategy: {arguments.strategy}" in lines
    assert f"Settings: epochs={arguments.epochs}" in lines


def test_advice_is_for_the_samples_that_the_command_will_learn_from(pictures):
    code, lines, error = tlgui("advise", pictures, "--seed", "5", "--split", "80/10/10", "--json")
    assert code == 0, error
    event = from_json(lines[-1])
    assert (event.advice.plan.seed, event.facts.num_train > 0.7 * 36) == (5, True)
    assert event.advice.plan.split.train_fraction == pytest.approx(0.8)
    code, _, error = tlgui("advise", pictures, "--split", "80/20")
    assert code == 2
    assert "split" in error


def test_the_command_that_follows_advice_can_be_read_again():
    arguments = parse(["advise", "my folder", "--seed", "5", "--group", "prefix"])
    settings = {"thaw_steps": "2", "pooling": "mean", "epochs": "3", "seed": "5"}
    advised = replace(advise(facts(), [LITE0], strategy="gradual_unfreezing"), settings=settings)
    words = shlex.split(train_command(arguments, advised))
    again = parse(words[1:])
    assert again.folder == "my folder"
    assert given_settings(again) == {**settings, "group_by": "prefix"}
    assert (again.preset, again.strategy) == (LITE0.id, "gradual_unfreezing")


def test_other_programs_get_the_facts_too(pictures):
    code, lines, error = tlgui("advise", pictures, "--json", "--quick")

    assert code == 0, error
    event = from_json(lines[-1])
    assert event.kind == "advice_ready"
    assert event.advice.level == QUICK
    assert event.facts.num_classes == 3
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))


def test_advice_for_what_cannot_be_trained_on_is_exit_code_3(tmp_path, pictures):
    (pictures / "clouds").mkdir()
    code, _, error = tlgui("advise", pictures)
    assert code == 3
    assert "clouds" in error
    assert tlgui("advise", tmp_path / "gone")[0] == 3


@pytest.mark.parametrize(
    "level", [["--level", "9"], ["--quick", "--thorough"], ["--level", "very"]]
)
def test_a_level_that_is_none_is_wrong_usage(level, capsys):
    with pytest.raises(SystemExit) as ended:
        parse(["advise", "folder", *level])
    assert ended.value.code == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize("command", ["advise", "train"])
@pytest.mark.parametrize(
    ("arguments", "level"),
    [
        ([], RECOMMENDED),
        (["--quick"], QUICK),
        (["--thorough"], THOROUGH),
        (["--level", "3"], 3),
    ],
)
def test_the_slider_is_there_for_advice_and_training(command, arguments, level):
    assert parse([command, "folder", *arguments]).level == level
    assert level < len(LEVELS)


def test_training_without_model_and_strategy_follows_the_advisor(planned):
    quick, thorough = planned("--quick"), planned("--thorough")
    assert quick.strategy == "feature_extraction"
    assert thorough.strategy == "head_then_all"
    assert quick.preset == thorough.preset == "efficientnet_lite0_imagenet"


def test_an_own_strategy_gets_as_many_epochs_as_there_is_time_for(planned, monkeypatch):
    # a slow computer, however fast this one is
    ticks = itertools.count(step=10).__next__
    monkeypatch.setattr("tlgui.engine.advising.probe.time.perf_counter", ticks)
    strategy = ["--preset", "efficientnet_lite0_imagenet", "--strategy", "full_fine_tuning"]
    advised = [gradient_phases(planned(*strategy, "--level", level))[0].epochs for level in "04"]
    assert advised[0] < advised[1]


def test_own_epochs_are_not_touched(planned):
    [phase] = gradient_phases(planned("--strategy", "full_fine_tuning", "--epochs", "777"))
    assert phase.epochs == 777
    fixed = ["--preset", "efficientnet_lite0_imagenet", "--strategy", "full_fine_tuning"]
    [phase] = gradient_phases(planned(*fixed, "--set", "epochs=778"))
    assert phase.epochs == 778


def test_own_settings_go_with_what_the_advisor_chooses(planned):
    plan = planned("--thorough", "--seed", "5", "--set", "batch_size=8")
    assert (plan.seed, plan.batch_size) == (5, 8)


def test_a_strategy_that_nobody_knows_is_told_before_the_folder_is_read(planned):
    with pytest.raises(TlguiError, match="strategy_unknown"):
        planned("--strategy", "hope")
    with pytest.raises(TlguiError, match="preset_for_other_task"):
        planned("--preset", "all_minilm_l6_v2_en")
