"""View-models without engines: jobs that only remember what was asked of them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.presets import LITE0
from tests.stories import FakeEngines, Story, trees
from tlgui.core.dataset import Dataset
from tlgui.core.plan import Plan
from tlgui.core.planning import make_plan
from tlgui.core.run_folder import EVENTS, RunFolder, create_run
from tlgui.core.settings import Home


@pytest.fixture
def engines(qapp) -> FakeEngines:
    return FakeEngines()


@pytest.fixture
def app_home(home: Path) -> Home:
    home.mkdir()
    return Home(home)


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def dataset() -> Dataset:
    """Twenty pictures of two kinds."""
    return trees()


@pytest.fixture
def make_run(app_home: Home, dataset: Dataset) -> Callable[..., RunFolder]:
    """Write a run with the events of a story."""

    def make(
        name: str = "trees-1", told: Story | None = None, plan: Plan | None = None
    ) -> RunFolder:
        run = create_run(app_home.runs / name, dataset, plan or make_plan(LITE0))
        lines = [event.to_json() + "\n" for event in (told.events if told else ())]
        (run.path / EVENTS).write_text("".join(lines), encoding="utf-8")
        return run

    return make


@pytest.fixture
def changes() -> Iterator[Callable[[Any], list[int]]]:
    """Count how often a view-model announces a change."""

    def count(viewmodel: Any) -> list[int]:
        calls: list[int] = []
        viewmodel.changed.connect(lambda: calls.append(1))
        return calls

    return count
