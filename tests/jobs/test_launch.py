"""The command line, environment and log of an engine process."""

import os
import sys
from pathlib import Path

import pytest

from tlgui.jobs import launch


def test_engine_starts_from_a_checkout():
    program, script, flag = launch.engine_command()
    assert program == sys.executable
    assert Path(script).is_file()
    assert flag == "--engine"


def test_engine_of_a_frozen_build_is_the_application_itself(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert launch.engine_command() == [sys.executable, "--engine"]


def test_engine_computes_with_tensorflow_and_speaks_utf8_at_once():
    environment = launch.engine_environment({"PATH": "somewhere", "PYTHONIOENCODING": "latin-1"})
    assert environment["KERAS_BACKEND"] == "tensorflow"
    assert environment["PATH"] == "somewhere"
    assert environment["PYTHONIOENCODING"] == "utf-8"
    assert environment["PYTHONUNBUFFERED"] == "1"


def test_a_backend_chosen_outside_is_kept():
    environment = {"KERAS_BACKEND": "torch", "TF_CPP_MIN_LOG_LEVEL": "0"}
    assert launch.engine_environment(environment).items() >= environment.items()


def test_windows_shows_no_console_and_sends_ctrl_c_to_the_window_alone():
    assert launch.process_options("win32") == {"creationflags": 0x0800_0200}


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_ctrl_c_in_a_terminal_does_not_kill_an_engine_before_it_saved(platform):
    assert launch.process_options(platform) == {"start_new_session": True}


@pytest.mark.parametrize(("argument", "kept"), [("job.json", True), (launch.STANDBY, False)])
def test_a_jobs_log_is_kept_when_it_is_continued(tmp_path, argument, kept):
    log_file = tmp_path / "a job" / "engine.log"
    command = [sys.executable, "-c", "import sys; sys.stderr.write(sys.argv[1])"]
    for _ in range(2):
        with launch.start_engine(command, argument, dict(os.environ), log_file):
            pass
    assert log_file.read_text() == argument * (2 if kept else 1)
