"""A bundle that was damaged on its way is not believed."""

import hashlib
import json
import os

import pytest

from tlgui.core.errors import TlguiError
from tlgui.engine.results import bundle_check
from tlgui.engine.results.bundle_check import CERTIFICATE, check_bundle


@pytest.fixture
def bundle(tmp_path):
    """A model in a folder, and what it needs."""
    folder = tmp_path / "bundle"
    for name in ("model/graph.bin", "model/deep/weights.bin", "labels.json", "README.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"content of {name}")
    certify(folder)
    return folder


def certify(folder, **changes):
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != CERTIFICATE]
    digests = {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }
    (folder / CERTIFICATE).write_text(json.dumps({"sha256": {**digests, **changes}}))


def check(folder, model="model", tick=lambda: None):
    check_bundle(folder, model, tick)


def reason_of(folder, model="model"):
    with pytest.raises(TlguiError, match="bundle_damaged") as error:
        check(folder, model)
    assert error.value.exit_code == 3
    return error.value.detail["reason"]


def test_whole_bundle_is_believed_also_with_a_note_of_its_owner(bundle):
    (bundle / "my notes.txt").write_text("from Ada")
    check(bundle)
    check(bundle, "README.md")


def test_changed_file_is_named(bundle):
    (bundle / "model/deep/weights.bin").write_text("something else")
    assert reason_of(bundle) == "weights.bin is not what it was when it was exported"


def test_missing_file_is_named(bundle):
    (bundle / "README.md").unlink()
    assert reason_of(bundle) == "README.md is missing"


@pytest.mark.parametrize("name", ["model/added.bin", "preprocessing.json", "tokenizer.json"])
def test_file_that_would_reach_the_model_has_to_be_named(bundle, name):
    (bundle / name).write_text("added later")
    assert name in reason_of(bundle)


def test_model_has_to_be_named(bundle):
    assert "model.keras" in reason_of(bundle, "model.keras")


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "..\\secret", "a\0b", "."])
def test_file_elsewhere_is_not_even_read(bundle, name):
    (bundle.parent / "secret").write_text("secret")
    certify(bundle, **{name: "0"})
    assert reason_of(bundle)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_link_that_leads_elsewhere_is_refused(bundle):
    (bundle.parent / "secret").write_text("secret")
    (bundle / "link").symlink_to(bundle.parent / "secret")
    certify(bundle)
    assert "outside" in reason_of(bundle)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"sha256": {}}', '{"sha256": [1]}', "[" * 100_000, "\xff"]
)
def test_certificate_that_is_none_is_refused(bundle, content):
    (bundle / CERTIFICATE).write_text(content, encoding="latin-1")
    assert reason_of(bundle) == f"{CERTIFICATE} is damaged"


def test_huge_certificate_is_not_read(bundle, monkeypatch):
    monkeypatch.setattr(bundle_check, "MAX_CERTIFICATE_BYTES", 10)
    assert reason_of(bundle) == f"{CERTIFICATE} is damaged"


def test_folder_without_a_certificate_says_so(tmp_path):
    assert reason_of(tmp_path).startswith(CERTIFICATE)


def test_stop_is_heard_between_the_parts_of_a_large_file(bundle):
    class Stopped(Exception):
        pass

    def stop():
        raise Stopped

    with pytest.raises(Stopped):
        check(bundle, tick=stop)
