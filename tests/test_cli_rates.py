"""The command that tries learning rates, as a process."""

import json
import re

import pytest

from tests.test_cli import example, tlgui  # noqa: F401 (a fixture)

pytestmark = pytest.mark.engine


def test_find_rate_ends_with_a_rate_that_train_takes(example, tmp_path):  # noqa: F811
    few = ("--preset", "efficientnet_lite0_imagenet", "--set", "batch_size=2")
    quick = ("--strategy", "top_blocks")

    code, lines, error = tlgui("find-rate", example, *few, *quick, home=tmp_path)

    assert code == 0, error
    assert any(re.match(r"Rate 1\.0e-07: loss \d", line) for line in lines)
    assert re.fullmatch(r"Suggested: (\S+)\. Train with: --set learning_rate=\1", lines[-1])


def test_find_rate_of_a_strategy_without_steps_says_why(example, tmp_path):  # noqa: F811
    preset = ("--preset", "efficientnet_lite0_imagenet", "--strategy", "feature_extraction")

    code, lines, _ = tlgui("find-rate", example, *preset, "--json", home=tmp_path)

    assert code != 0
    end = json.loads(lines[-1])
    assert (end["kind"], end["code"]) == ("run_failed", "setting_invalid")
