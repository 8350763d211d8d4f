"""What the engine is asked to do."""

import os
from dataclasses import replace

import pytest

from tests.core.examples import example
from tlgui.core.errors import TlguiError
from tlgui.core.job import JOBS, ScanJob, read_job, write_job


@pytest.mark.parametrize("cls", JOBS.values(), ids=JOBS)
def test_every_job_reaches_the_engine_as_it_was_meant(tmp_path, cls):
    job = replace(example(cls), folder=str(tmp_path / "a new job"))
    path = write_job(job)
    assert path.parent == tmp_path / "a new job"
    assert read_job(path) == job


@pytest.mark.parametrize("content", ["", "[]", "5", "{}", '{"kind": "from_the_future"}'])
def test_what_is_no_job_is_refused(tmp_path, content):
    path = tmp_path / "job.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"no job|Expecting value"):
        read_job(path)


def test_a_file_name_that_is_no_unicode_reaches_the_engine(tmp_path):
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    job = replace(example(JOBS["scan"]), folder=str(tmp_path), source=name)
    assert read_job(write_job(job)) == job


def test_a_job_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TlguiError, match="folder_not_writable"):
        write_job(replace(example(JOBS["train"]), folder=str(tmp_path / "file" / "job")))


def test_window_does_not_wait_for_the_disk_when_it_starts_a_job(tmp_path, monkeypatch):
    forced = []
    monkeypatch.setattr(os, "fsync", forced.append)
    write_job(replace(example(ScanJob), folder=str(tmp_path)))
    assert forced == []
