"""Our own copy of a foreign model: complete or not there at all, whatever happens meanwhile."""

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engine.models.foreign import shelf, write_bert_folder
from tlgui.core.errors import TlguiError
from tlgui.core.settings import Home
from tlgui.engine.models.import_gate import import_models
from tlgui.engine.models.judged import slug
from tlgui.engine.models.library import open_library

ROOT = Path(__file__).parents[3]

# Every child dies by SIGKILL before its Nth call of what makes files durable; the first that lives
# to the end has gone through all of them.
KILLED_EVERYWHERE = """
import os, signal, sys
from pathlib import Path
from tests.engine.models.foreign import shelf
from tlgui.engine.models.import_gate import import_models
from tlgui.core.settings import Home
from tlgui.engine.models.library import open_library

source, root = Path(sys.argv[1]), Path(sys.argv[2])
STEPS = ("fsync", "replace", "mkdir", "open")

def import_and_die_at(step):
    count = 0
    def deadly(real):
        def call(*arguments, **options):
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **options)
        return call
    for name in STEPS:
        setattr(os, name, deadly(getattr(os, name)))
    import_models(source, shelf(root))
    os._exit(0)

killed = 0
while True:
    child = os.fork() or import_and_die_at(killed + 1)
    _, status = os.waitpid(child, 0)
    found = open_library(Home(root)).imported
    if status == 0:
        break
    assert os.WTERMSIG(status) == signal.SIGKILL, status
    if found:
        open_library(Home(root)).folder("source")
        assert (root / "models/source/model.safetensors").is_file()
        import shutil; shutil.rmtree(root / "models/source")
    killed += 1
assert found == {"source"}, found
assert killed >= 8, killed
print(killed)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_kill_at_any_moment_leaves_a_whole_model_or_none(tmp_path):
    source = write_bert_folder(tmp_path / "source")

    done = subprocess.run(
        [sys.executable, "-c", KILLED_EVERYWHERE, source, tmp_path / "home"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("step", ["replace", "fsync"])
def test_a_full_disk_says_so_and_leaves_nothing(tmp_path, monkeypatch, step):
    source = write_bert_folder(tmp_path / "source")

    def full(*_arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, step, full)

    with pytest.raises(TlguiError, match="disk_full"):
        import_models(source, shelf(tmp_path))

    assert not [path for path in (tmp_path / "models").rglob("*") if path.is_file()]


def test_a_removed_model_is_gone_and_others_stay(tmp_path):
    for name in ("one", "two"):
        import_models(write_bert_folder(tmp_path / name), shelf(tmp_path), name)

    shelf(tmp_path).remove("one")

    assert open_library(Home(tmp_path)).imported == {"two"}
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["two"]


def test_an_embedded_model_cannot_be_removed(tmp_path):
    with pytest.raises(TlguiError, match="preset_not_yours"):
        shelf(tmp_path).remove("glove_50k_100d_en")


def test_what_a_killed_import_left_behind_is_swept_once_it_is_old(tmp_path):
    models = tmp_path / "models"
    for name in ("old.partial", "new.partial"):
        (models / name).mkdir(parents=True)
    long_ago = time.time() - 10_000
    os.utime(models / "old.partial", (long_ago, long_ago))

    import_models(write_bert_folder(tmp_path / "a"), shelf(tmp_path))

    assert {path.name for path in models.iterdir()} == {"a", "new.partial"}


def test_a_damaged_copy_is_not_written_over_silently(tmp_path):
    source = write_bert_folder(tmp_path / "a")
    import_models(source, shelf(tmp_path), "a")
    (tmp_path / "models/a/model.safetensors").write_bytes(b"")

    with pytest.raises(TlguiError, match="preset_taken"):
        import_models(source, shelf(tmp_path), "a")


NAMES = {"BERT base (v1.5)": "bert_base_v1_5", "模型": "imported", "AUX": "model_aux"}


@pytest.mark.parametrize(("text", "name"), NAMES.items())
def test_a_name_for_people_becomes_an_id(text, name):
    assert slug(text) == name
