"""Where the application keeps its files and what it remembers."""

import json
import sys
from pathlib import Path

import pytest

from tests.core.examples import example
from tlgui.core import settings
from tlgui.core.errors import TlguiError
from tlgui.core.settings import (
    MIGRATIONS,
    SETTINGS_VERSION,
    Home,
    Settings,
    application_home,
    model_folders,
    read_settings,
    resources_folder,
    write_settings,
)


def test_settings_survive_a_restart(tmp_path):
    path = tmp_path / "not there yet" / "settings.json"
    write_settings(path, example(Settings))
    assert read_settings(path) == example(Settings)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"5", b'"x"', b"{}", b'{"version": [1]}', b"\xff\xfe", b'{"version": "1"}'],
)
def test_damaged_settings_do_not_keep_the_window_from_opening(tmp_path, content):
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    assert read_settings(path) == Settings()


def test_missing_settings_are_the_defaults(tmp_path):
    assert read_settings(tmp_path / "settings.json") == Settings()
    assert read_settings(tmp_path) == Settings()


def test_settings_of_a_later_version_are_read_as_far_as_they_are_known(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"version": 99, "theme": "dark", "sound": True}))
    assert read_settings(path).theme == "dark"


def test_a_home_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TlguiError, match="folder_not_writable"):
        write_settings(tmp_path / "file" / "settings.json", Settings())


def test_every_older_version_has_its_migration():
    assert set(MIGRATIONS) == set(range(1, SETTINGS_VERSION))


def test_every_migration_has_a_test():
    tests = {name for name in globals() if name.startswith("test_settings_of_version_")}
    assert tests == {f"test_settings_of_version_{version}" for version in MIGRATIONS}


def test_migrations_are_applied_one_after_the_other(tmp_path, monkeypatch):
    steps = {
        1: lambda record: {**record, "version": 2, "theme": record["colors"]},
        2: lambda record: {**record, "version": 3, "last_folder": "/moved"},
    }
    monkeypatch.setattr(settings, "MIGRATIONS", steps)
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"version": 1, "colors": "dark"}))
    assert read_settings(path) == Settings(version=3, theme="dark", last_folder="/moved")


def test_tlgui_home_moves_everything(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert application_home({"TLGUI_HOME": "my home"}).path == tmp_path / "my home"
    assert application_home({"TLGUI_HOME": "~/x"}).path == Path.home() / "x"


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, Path.home() / ".local/share/tlgui"),
        ("linux", {"TLGUI_HOME": ""}, Path.home() / ".local/share/tlgui"),
        ("linux", {"XDG_DATA_HOME": "/data"}, Path("/data/tlgui")),
        ("darwin", {}, Path.home() / "Library/Application Support/tlgui"),
        ("win32", {"LOCALAPPDATA": "/local"}, Path("/local/tlgui")),
        ("win32", {}, Path.home() / "tlgui"),
    ],
)
def test_each_system_keeps_data_in_its_own_place(platform, environment, expected):
    assert application_home(environment, platform).path == expected


def test_everything_of_the_application_lies_in_its_home(tmp_path):
    home = Home(tmp_path)
    paths = [home.runs, home.jobs, home.trash, home.models, home.settings]
    assert {path.parent for path in paths} == {tmp_path}
    assert len(set(paths)) == len(paths)


def test_resources_are_found_in_a_checkout_and_in_a_frozen_build(tmp_path, monkeypatch):
    assert resources_folder().parent.joinpath("main.py").is_file()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources_folder() == tmp_path / "resources"


def test_every_place_lies_in_the_home(tmp_path):
    home = Home(tmp_path)
    places = (home.runs, home.jobs, home.trash, home.models, home.cache, home.corrections)
    assert {place.parent for place in (*places, home.settings)} == {tmp_path}
    assert len({*places, home.settings}) == 7


def test_an_administrator_can_share_models_that_are_searched_last(tmp_path):
    home, resources = Home(tmp_path), tmp_path / "resources"
    own = (resources / "models", home.models)

    assert model_folders(home, resources, {}) == own
    shared = model_folders(home, resources, {"TLGUI_SHARED_MODELS": str(tmp_path / "shared")})
    assert shared == (*own, tmp_path / "shared")
