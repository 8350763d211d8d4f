"""The script that does without tlgui what a run did."""

import ast
import importlib.util
import json
import re
import runpy
import shlex
from itertools import count

import keras
import numpy as np
import pytest

from tests.engine.reporting.conftest import HOSTILE
from tests.presets import CATALOG
from tlgui.core.errors import TlguiError
from tlgui.core.plan import Member, ensemble_plan
from tlgui.core.planning import make_plan
from tlgui.core.strategies import STRATEGIES
from tlgui.engine.models.checkpoints import load_latest
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.reporting.report import report
from tlgui.engine.reporting.run_facts import facts_of_run
from tlgui.engine.reporting.script import why_not, write_script

RESULT = re.compile(r"^(\w+) accuracy: ([\d.]+) \(tlgui: ([\d.]+)\)$", re.MULTILINE)
SOLVER = "ignore::sklearn.exceptions.ConvergenceWarning"
FINE_TUNED = {"strategy": "head_then_all", "batch_size": "8", "epochs": "2"}
MOST = 1e-4  # of what weights differ by: rounding, the more where gradients are 0; other seeds 1e-3
REGULARIZED = {"dropout": "0.3", "ema": "0.9", "label_smoothing": "0.1", "weight_decay": "0.01"}


def results_of(script, capsys):
    runpy.run_path(str(script), run_name="__main__")
    return {name: (ours, theirs) for name, ours, theirs in RESULT.findall(capsys.readouterr().out)}


def imported(script):
    spec = importlib.util.spec_from_file_location(script.stem, script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.filterwarnings(SOLVER)
@pytest.mark.parametrize(
    ("preset", "settings"),
    [
        ("tiny", {}),
        ("tiny", {**FINE_TUNED, **REGULARIZED}),
        ("tiny_text", {}),
        ("tiny_vectors", {}),
        ("tfidf_linear", {}),
    ],
)
def test_script_comes_to_the_same_accuracy_as_the_run(request, tmp_path, capsys, preset, settings):
    trained_once, tiny_library = map(request.getfixturevalue, ("trained_once", "tiny_library"))
    is_text = tiny_library.catalog[preset].task == "text"
    source = request.getfixturevalue("shared_texts" if is_text else "shared_pictures")
    run = trained_once(source, preset, **settings)
    script = tmp_path / 'odd näme %20 \'q""".py'

    others = write_script(run, tiny_library, script)

    found = results_of(script, capsys)
    assert found.keys() == {"validation", "test"}
    assert all(ours == theirs for ours, theirs in found.values()), found
    assert float(found["validation"][1]) == pytest.approx(run.state().best.val_accuracy, abs=1e-4)
    assert all(other.is_file() for other in others)
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize("preset", ["tiny_text", "tiny_vectors"])
def test_fine_tuning_on_texts_takes_the_same_steps_dropout_and_all(
    trained_once, shared_texts, tiny_library, tmp_path, monkeypatch, preset
):
    run = trained_once(shared_texts, preset, **FINE_TUNED, **REGULARIZED)
    write_script(run, tiny_library, tmp_path / "train.py")
    script = imported(tmp_path / "train.py")
    losses = count(0, -1)  # the last epoch is the best one, so that its weights are saved
    monkeypatch.setattr(script, "calibrated_loss", lambda *_: next(losses))

    script.main()

    network = keras.saving.load_model(tmp_path / "train.trained.keras", compile=False)
    theirs = load_latest(run.checkpoints).tensors
    for weight in network.weights:
        assert np.abs(weight.numpy() - theirs[weight.path]).max() < MOST, weight.path


@pytest.mark.parametrize(("settings", "is_tuned"), [({}, False), (FINE_TUNED | REGULARIZED, True)])
def test_script_can_be_read_and_imports_only_what_it_names(
    trained_once, shared_pictures, tiny_library, tmp_path, settings, is_tuned
):
    run = trained_once(shared_pictures, "tiny", **settings)
    write_script(run, tiny_library, tmp_path / "train.py")
    text = (tmp_path / "train.py").read_text()
    tree = ast.parse(text)

    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported <= {"json", "os", "pathlib", "keras", "numpy", "tensorflow", "PIL", "scipy"} | {
        "sklearn"
    }
    assert ("def fine_tune" in text) == is_tuned
    assert ("BATCH_SIZE = 8" in text) == is_tuned
    assert "fine-tuning>" not in text
    assert "$" not in text
    assert re.search(r"pip install keras==\d", text)
    assert len(text.splitlines()) < 250


def test_files_of_each_split_are_listed_by_their_paths(
    trained_once, shared_pictures, tiny_library, tmp_path
):
    run = trained_once(shared_pictures, "tiny")
    write_script(run, tiny_library, tmp_path / "train.py")
    record = json.loads((tmp_path / "train.json").read_text())
    dataset = run.read_dataset()

    assert record["classes"] == list(dataset.classes)
    for split in ("train", "validation", "test"):
        assert record[split] == [[s.path, s.label] for s in dataset.of_split(split)]


@pytest.mark.parametrize(
    ("preset", "strategy", "settings", "reason"),
    [
        ("efficientnet_lite0_imagenet", "lora", {}, "its strategy is lora"),
        ("efficientnet_lite0_imagenet", "head_then_all", {"mixup": "0.2"}, "MixUp"),
        ("efficientnet_lite0_imagenet", "feature_extraction", {"augmentation": "gentle"}, "augm"),
        ("efficientnet_lite0_imagenet", "head_then_all", {"schedule": "plateau"}, "schedule"),
        ("efficientnet_lite0_imagenet", "head_then_all", {"class_balance": "weights"}, "balance"),
        ("efficientnet_lite0_imagenet", "head_then_all", {"adapt": "1"}, "domain-adaptive"),
        ("all_minilm_l6_v2_en", "head_then_all", {"word_dropout": "0.1"}, "word"),
        ("all_minilm_l6_v2_en", "feature_extraction", {"pooling": "first_token"}, "first_token"),
    ],
)
def test_what_a_script_cannot_do_gets_the_command_that_can(
    make_finished, tmp_path, preset, strategy, settings, reason
):
    run = make_finished(preset=preset, strategy=strategy, **settings)
    library = PresetLibrary(CATALOG, ())

    with pytest.raises(TlguiError, match="script_not_possible") as caught:
        write_script(run, library, tmp_path / "train.py")

    assert caught.value.exit_code == 3
    assert reason in caught.value.detail["reason"]
    assert f"--strategy={strategy}" in caught.value.detail["command"]
    assert shlex.split(caught.value.detail["command"])[2] == f"/data/{HOSTILE}"
    assert not (tmp_path / "train.py").exists()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_only_two_strategies_are_simple_enough(strategy):
    preset = CATALOG["efficientnet_lite0_imagenet"]
    if strategy == "prompt_tuning":  # for transformers
        return
    reason = why_not(make_plan(preset, strategy=strategy), preset)
    assert bool(reason) == (strategy not in ("feature_extraction", "head_then_all"))


def test_network_that_is_not_of_keras_alone_needs_tlgui(tiny_library):
    preset = tiny_library.catalog["tiny_vit"]
    assert "Keras' own layers" in why_not(make_plan(preset), preset)


def test_run_without_a_result_has_no_script(make_finished, tmp_path):
    with pytest.raises(TlguiError, match="no_result_yet"):
        write_script(make_finished(has_result=False), PresetLibrary(CATALOG, ()), tmp_path / "a.py")


def test_ensemble_has_no_script(make_finished, tmp_path):
    run = make_finished()
    member = Member(name="a", preset="efficientnet_lite0_imagenet", strategy="lora")
    (run.path / "plan.json").write_text(ensemble_plan((member,)).to_json())
    with pytest.raises(TlguiError, match="ensemble_has_no_model"):
        write_script(run, PresetLibrary(CATALOG, ()), tmp_path / "a.py")
    assert "ensemble" in report(facts_of_run(run, CATALOG))


def test_name_of_a_script_ends_as_such(make_finished, tmp_path):
    with pytest.raises(TlguiError, match="path_not_usable"):
        write_script(make_finished(), PresetLibrary(CATALOG, ()), tmp_path / "a.json")
