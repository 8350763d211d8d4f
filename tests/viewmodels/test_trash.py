import pytest

from tlgui.core.errors import TlguiError
from tlgui.viewmodels.trash import discard_run, restore_run


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "runs" / "trees-1"
    folder.mkdir(parents=True)
    (folder / "plan.json").write_text("{}", encoding="utf-8")
    return folder


def test_discarded_run_comes_back_whole(run, tmp_path):
    discarded = discard_run(run, tmp_path / "trash")
    assert not run.exists()
    assert discarded.path.parent == tmp_path / "trash"
    restore_run(discarded)
    assert (run / "plan.json").read_text(encoding="utf-8") == "{}"


def test_two_runs_of_one_name_both_stay_in_the_trash(run, tmp_path):
    first = discard_run(run, tmp_path / "trash")
    run.mkdir()
    second = discard_run(run, tmp_path / "trash")
    assert first.path != second.path
    assert first.path.is_dir()


def test_nothing_is_overwritten_when_a_run_comes_back(run, tmp_path):
    discarded = discard_run(run, tmp_path / "trash")
    run.mkdir()
    with pytest.raises(TlguiError, match="folder_not_empty"):
        restore_run(discarded)
    assert discarded.path.is_dir()


def test_run_that_cannot_be_moved_is_named(run, tmp_path):
    (tmp_path / "trash").write_text("a file", encoding="utf-8")
    with pytest.raises(TlguiError) as error:
        discard_run(run, tmp_path / "trash")
    assert error.value.detail["path"] == str(run)
    assert run.is_dir()
