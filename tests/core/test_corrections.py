"""What a person said about samples is kept, and applied to nothing else."""

from dataclasses import replace

import pytest

from tests.core.examples import dataset
from tlgui.core.corrections import (
    Correction,
    Corrections,
    corrected,
    read_corrections,
    write_corrections,
)
from tlgui.core.dataset import Problem
from tlgui.core.errors import TlguiError

DATA = dataset()
FIRST, SECOND = DATA.samples[:2]


def correction(sample, label, digest=None):
    return Correction(path=sample.path, digest=digest or sample.digest, label=label)


def said(*samples):
    return Corrections(source="/pictures", samples=samples)


def test_what_was_said_survives_the_disk(tmp_path):
    write_corrections(tmp_path / "new", said(correction(FIRST, "dög")))
    assert read_corrections(tmp_path / "new", "/pictures") == said(correction(FIRST, "dög"))
    assert read_corrections(tmp_path / "new", "/others") == Corrections(source="/others")


@pytest.mark.parametrize("content", [b"", b"[]", b'{"source": 3}', b"\xff"])
def test_damaged_file_says_nothing_and_is_not_written_over(tmp_path, content):
    write_corrections(tmp_path, said(correction(FIRST, "")))
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    assert read_corrections(tmp_path, "/pictures") == said()
    write_corrections(tmp_path, said(correction(SECOND, "")))
    assert file.with_suffix(".damaged").read_bytes() == content


def test_file_that_cannot_be_read_now_is_no_reason_to_forget_it(tmp_path):
    write_corrections(tmp_path, said(correction(FIRST, "")))
    (file,) = tmp_path.iterdir()
    file.unlink()
    file.mkdir()
    with pytest.raises(TlguiError, match="file_damaged") as caught:
        read_corrections(tmp_path, "/pictures")
    assert caught.value.detail["path"] == str(file)


def test_copies_of_a_sample_get_its_label_too_but_are_not_left_out_with_it():
    copy = replace(FIRST, path="cat/copy.png")
    renamed, _ = corrected((FIRST, copy), DATA.classes, said(correction(FIRST, "dög")))
    assert [s.label for s in renamed] == [1, 1]
    kept, _ = corrected((FIRST, copy), DATA.classes, said(correction(FIRST, "")))
    assert kept == (copy,)


def test_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TlguiError):
        write_corrections(tmp_path / "file", said())


def test_last_word_about_a_sample_counts_and_can_be_taken_back():
    one = said().after(correction(FIRST, "dög")).after(correction(FIRST, ""))
    assert one.of(FIRST.path) == correction(FIRST, "")
    assert one.of(SECOND.path) is None
    assert one.without(FIRST.path) == said()


def test_samples_are_left_out_or_of_another_class_with_a_reminder():
    decided = said(correction(FIRST, ""), correction(SECOND, "dög"))
    samples, problems = corrected(DATA.samples, DATA.classes, decided)
    assert FIRST.path not in {s.path for s in samples}
    assert samples[0].label == 1
    assert samples[1:] == DATA.samples[2:]
    assert problems == [
        Problem(code="set_aside", path=FIRST.path),
        Problem(code="relabeled", path=SECOND.path),
    ]


@pytest.mark.parametrize(
    "outdated",
    [
        correction(FIRST, "", digest="of another picture"),
        correction(FIRST, "a class that is gone"),
        correction(FIRST, "cat"),
        Correction(path="gone.png", digest="x", label=""),
    ],
)
def test_what_does_not_fit_any_more_changes_nothing(outdated):
    assert corrected(DATA.samples, DATA.classes, said(outdated)) == (DATA.samples, [])
