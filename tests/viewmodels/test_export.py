from pathlib import Path

import pytest

from tlgui.core.events import ExportFinished, Progressed
from tlgui.core.export_formats import formats_for
from tlgui.viewmodels.export import ExportViewModel


@pytest.fixture
def viewmodel(engines, app_home, make_run) -> ExportViewModel:
    viewmodel = ExportViewModel(engines, app_home)
    viewmodel.open_run(make_run(), "image")
    return viewmodel


def finish(engines, story) -> None:
    engines.running[-1].say(
        story.tell(Progressed, activity="exporting", done=1, total=2),
        story.tell(
            ExportFinished,
            format="keras",
            folder="/out/trees-1-keras-1",
            num_bytes=13_600_000,
            num_samples=412,
            label_agreement=411 / 412,
            max_probability_difference=2e-6,
        ),
    )
    engines.running[-1].end()


@pytest.mark.parametrize("name", [known.id for known in formats_for("image")])
def test_bundle_gets_a_new_folder_of_its_own(viewmodel, engines, tmp_path, name):
    (tmp_path / f"trees-1-{name}-1").mkdir()
    viewmodel.choose_format(name)
    viewmodel.export(str(tmp_path))
    (job,) = engines.jobs
    assert job.to == str(tmp_path / f"trees-1-{name}-2"), "an older export must stay"
    assert job.format == name
    assert Path(job.run).name == "trees-1"


def test_proof_is_told_in_a_sentence(viewmodel, engines, story, tmp_path):
    assert viewmodel.result == viewmodel.result_note == ""
    viewmodel.export(str(tmp_path))
    finish(engines, story)
    assert viewmodel.result == (
        "The exported model gave the same answer for 411 of 412 test pictures."
    )
    assert viewmodel.result_note == "14 MB · largest difference of a probability 2e-06"


def test_proof_of_one_model_never_stands_under_another(
    viewmodel, engines, story, make_run, tmp_path
):
    viewmodel.export(str(tmp_path))
    finish(engines, story)
    viewmodel.open_run(viewmodel.run, "image")
    assert viewmodel.result
    viewmodel.open_run(make_run("other-1"), "image")
    assert viewmodel.result == ""


def test_nothing_is_exported_without_a_run(engines, app_home, tmp_path):
    ExportViewModel(engines, app_home).export(str(tmp_path))
    assert engines.jobs == []


def test_only_what_the_format_can_do_with_weights_is_offered(viewmodel):
    viewmodel.choose_format("onnx")
    viewmodel.choose_quantization("int8")
    assert dict(viewmodel.storages).keys() == {"", "float16", "int8"}
    viewmodel.choose_format("openvino")
    assert dict(viewmodel.storages).keys() == {"", "float16"}
    assert viewmodel.quantize == "", "what the format cannot do must not be asked of it"
    assert viewmodel.storage_words.term == "float32"


def test_format_of_texts_is_not_asked_of_a_model_of_pictures(viewmodel, make_run):
    viewmodel.open_run(make_run("messages-1"), "text")
    viewmodel.choose_format("keras_hub")
    assert viewmodel.format_words.term == "KerasHub preset"
    viewmodel.open_run(make_run("trees-2"), "image")
    assert viewmodel.format == "keras"
    assert "keras_hub" not in dict(viewmodel.formats)


def test_smaller_weights_are_named_in_the_folder_and_their_cost_is_told(
    viewmodel, engines, story, tmp_path
):
    viewmodel.choose_format("litert")
    viewmodel.choose_quantization("int8")
    viewmodel.export(str(tmp_path))
    (job,) = engines.jobs
    assert (job.format, job.quantize) == ("litert", "int8")
    assert job.to == str(tmp_path / "trees-1-litert-int8-1")
    assert viewmodel.cost == ""
    engines.running[-1].say(
        story.tell(
            ExportFinished,
            format="litert",
            folder=job.to,
            num_bytes=4_000_000,
            num_samples=412,
            label_agreement=0.99,
            max_probability_difference=0.2,
            samples_per_s=40.0,
            model_bytes=3_800_000,
            quantize="int8",
            num_validation=400,
            accuracy=0.931,
            float_accuracy=0.934,
            float_samples_per_s=30.0,
            float_model_bytes=13_400_000,
        )
    )
    engines.running[-1].end()
    assert "3.8 MB instead of 13.4, accuracy 0.931 instead of 0.934" in viewmodel.cost
