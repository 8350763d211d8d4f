"""Models on a stick: what is packed on one computer arrives on another, whole or not at all."""

import json
import zipfile
from collections.abc import Callable

import pytest

from tests.engine.models.foreign import shelf, write_bert_folder
from tests.engine.tiny_text import write_tiny_text_preset, write_tiny_word_vectors
from tests.engine.tiny_vit import write_tiny_vit_preset
from tests.presets import CATALOG
from tlgui.core.errors import TlguiError
from tlgui.core.settings import Home, resources_folder
from tlgui.engine.models.import_gate import import_models
from tlgui.engine.models.library import PresetLibrary, open_library
from tlgui.engine.models.packs import write_pack

EMBEDDED = resources_folder() / "models"
WRITERS = {
    "tiny_text": write_tiny_text_preset,
    "tiny_vectors": write_tiny_word_vectors,
    "tiny_vit": write_tiny_vit_preset,
}


@pytest.fixture
def pack(tmp_path):
    """Return a function that packs a tiny preset and lets a test change it first."""

    def write(change: Callable | None = None, name="tiny_text"):
        info = WRITERS[name](tmp_path / "theirs" / name)
        library = PresetLibrary({name: info}, (tmp_path / "theirs",))
        path = tmp_path / "stick ä.tlpack"
        write_pack(library, [name], path)
        if change:
            with zipfile.ZipFile(path) as archive:
                members = {i.filename: archive.read(i) for i in archive.infolist()}
            change(members)
            with zipfile.ZipFile(path, "w") as archive:
                for member, content in members.items():
                    archive.writestr(member, content)
        return path

    return write


@pytest.mark.parametrize("name", WRITERS)
def test_a_preset_that_the_catalog_does_not_know_arrives_with_what_is_known_of_it(
    tmp_path, pack, name
):
    (found,) = import_models(pack(name=name), shelf(tmp_path))

    there = open_library(Home(tmp_path)).catalog[name]
    assert there == found.info
    assert (there.license, there.source, there.trained_on) == (
        "Apache-2.0",
        "this test",
        "nothing",
    )
    for file in ("model.safetensors", "config.json", "LICENSE", "NOTICE"):
        copies = [(tmp_path / f / name / file).read_bytes() for f in ("theirs", "models")]
        assert copies[0] == copies[1], file


def test_embedded_presets_arrive_as_they_are(tmp_path):
    names = ["glove_50k_100d_en", "tfidf_linear"]
    write_pack(open_library(Home(tmp_path / "one")), names, tmp_path / "a.tlpack")

    found = import_models(tmp_path / "a.tlpack", shelf(tmp_path))

    assert [imported.info for imported in found] == [CATALOG[name] for name in names]
    for name in names:
        for file in (EMBEDDED / name).iterdir():
            assert file.read_bytes() == (tmp_path / "models" / name / file.name).read_bytes()


def test_the_same_presets_make_the_same_pack(tmp_path):
    library = open_library(Home(tmp_path))
    for name in ("a", "b"):
        write_pack(library, ["glove_50k_100d_en"], tmp_path / name)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_second_import_changes_nothing(tmp_path, pack):
    import_models(pack(), shelf(tmp_path))

    assert import_models(tmp_path / "stick ä.tlpack", shelf(tmp_path))[0].was_there


def test_what_was_imported_can_be_packed_again(tmp_path):
    import_models(write_bert_folder(tmp_path / "mine"), shelf(tmp_path))
    write_pack(open_library(Home(tmp_path)), ["mine"], tmp_path / "a.tlpack")

    found = import_models(tmp_path / "a.tlpack", shelf(tmp_path / "elsewhere"))[0]

    assert found.info == open_library(Home(tmp_path)).catalog["mine"]


def test_a_missing_preset_is_not_packed(tmp_path):
    with pytest.raises(TlguiError, match="preset_missing"):
        write_pack(open_library(Home(tmp_path)), ["mobilenet_v2_imagenet"], tmp_path / "a.tlpack")

    assert not (tmp_path / "a.tlpack").exists()


def _manifest(change):
    def changed(members):
        record = json.loads(members["manifest.json"])
        change(record)
        members["manifest.json"] = json.dumps(record).encode()

    return changed


def _set(**values):
    return _manifest(lambda record: record["presets"][0]["preset"].update(values))


def _weights_of_others(members):
    name = "presets/tiny_text/model.safetensors"
    members[name] = members[name][:-1] + bytes([members[name][-1] ^ 1])


def _surplus(members):
    members["presets/tiny_text/backbone.onnx"] = b"x"


def _nested(members):
    members["more.zip"] = b"PK\x03\x04"


def _missing(members):
    del members["presets/tiny_text/model.safetensors"]


def _no_manifest(members):
    del members["manifest.json"]


def _listed_graph(members):
    _surplus(members)
    files = {"backbone.onnx": {"num_bytes": 1, "sha256": "0"}}
    _manifest(lambda record: record["presets"][0]["files"].update(files))(members)


@pytest.mark.parametrize(
    "change",
    [
        _weights_of_others,
        _surplus,
        _nested,
        _missing,
        _no_manifest,
        _listed_graph,
        _set(id="../up"),
        _set(id="con"),
        _set(id="a" * 100),
        _set(id=7),
        _set(title="x" * 1000),
        _set(task="image"),
        _set(family="keras.Lambda"),
        _set(feature_size=10**12),
        _set(num_parameters=1),
        _set(max_sequence_length=10**9),
        _set(poolings=["anything"]),
        _set(license=None),
        _set(id="all_minilm_l6_v2_en"),
        _manifest(lambda record: record.update(format_version=2)),
        _manifest(lambda record: record.update(format="zip")),
        _manifest(lambda record: record.update(presets=[])),
        _manifest(lambda record: record.update(presets=record["presets"] * 2)),
        _manifest(lambda record: record.update(presets="all")),
        _manifest(lambda record: record["presets"][0].update(files={})),
    ],
)
def test_a_pack_that_somebody_changed_is_refused_as_a_whole(tmp_path, pack, change):
    path = pack(change)

    with pytest.raises(TlguiError) as refusal:
        import_models(path, shelf(tmp_path))

    assert refusal.value.code.startswith("import_")
    assert not [p for p in (tmp_path / "models").rglob("*") if p.is_file()]


def test_other_weights_under_the_name_of_a_published_preset_are_refused(tmp_path):
    write_bert_folder(tmp_path / "mine")
    import_models(tmp_path / "mine", shelf(tmp_path / "other"), "mine")

    with pytest.raises(TlguiError, match="import_differs"):
        import_models(tmp_path / "mine", shelf(tmp_path), "all_minilm_l6_v2_en")


def test_a_record_of_another_program_cannot_change_how_a_model_is_trained(tmp_path, pack):
    rates = {"learning_rate": 1e9, "weight_decay": 0, "epochs": 10**9, "patience": 1}

    found = import_models(pack(_set(fine_tuning=rates)), shelf(tmp_path))[0]

    assert found.info.fine_tuning == CATALOG["all_minilm_l6_v2_en"].fine_tuning


def test_where_one_model_of_a_pack_is_refused_none_is_installed(tmp_path):
    infos = [write(tmp_path / "theirs" / name) for name, write in WRITERS.items()]
    library = PresetLibrary({info.id: info for info in infos}, (tmp_path / "theirs",))
    write_pack(library, list(WRITERS), tmp_path / "a.tlpack")
    import_models(write_bert_folder(tmp_path / "other"), shelf(tmp_path), "tiny_vectors")

    with pytest.raises(TlguiError, match="preset_taken"):
        import_models(tmp_path / "a.tlpack", shelf(tmp_path))

    assert [path.name for path in (tmp_path / "models").iterdir()] == ["tiny_vectors"]
