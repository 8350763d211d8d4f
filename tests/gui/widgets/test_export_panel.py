import pytest
from PySide6.QtGui import QDesktopServices

from tests.stories import Story
from tlgui.core.events import ExportFinished, Progressed


@pytest.fixture
def panel(open_result, desk):
    open_result()
    desk.journey.go_to("use")
    return desk.page("use").export


def test_export_says_what_was_proven(panel, desk, engines, answers, tmp_path, monkeypatch):
    answers.path = str(tmp_path)
    panel.export.click()
    assert not panel.export.isEnabled()
    assert panel.progress.label.text() == "Writing the model"
    told = Story()
    engines.running[-1].say(told.tell(Progressed, activity="comparing", done=2, total=4))
    desk.journey.export.announce_now()
    assert "fresh process · 2 of 4" in panel.progress.label.text()
    folder = engines.jobs[-1].to
    engines.running[-1].say(
        told.tell(
            ExportFinished,
            format="keras",
            folder=folder,
            num_bytes=13_600_000,
            num_samples=84,
            label_agreement=1.0,
            max_probability_difference=2e-6,
        )
    )
    engines.running[-1].end()
    assert panel.result.text() == (
        "The exported model gave the same answer for 84 of 84 test pictures."
    )
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    panel.open_folder.click()
    assert opened == [folder]


def test_failed_export_is_told_beside_its_button(panel, desk, engines, answers, tmp_path):
    answers.path = str(tmp_path)
    panel.export.click()
    engines.running[-1].say(Story().fail("export_disagrees", reason="2 of 84 differ"))
    engines.running[-1].end()
    assert "2 of 84 differ" in panel.failure.text.text()
    assert panel.export.isEnabled()
    panel._open_folder()


def test_export_that_takes_too_long_is_given_up(panel, engines, answers, tmp_path):
    answers.path = str(tmp_path)
    assert panel.cancel.isHidden()
    panel.export.click()
    panel.cancel.click()
    assert engines.running[-1].requests == ["stop"]


def test_format_is_chosen_by_where_the_model_will_run(panel, engines, answers, tmp_path):
    answers.path = str(tmp_path)
    assert panel.format.currentText() == "Keras, in Python"
    assert panel.storage.isHidden(), "there is nothing to choose"
    choose(panel.format, "onnx")
    assert "ONNX" in panel.format_note.text()
    choose(panel.storage, "int8")
    assert "measured" in panel.storage_note.text()
    panel.export.click()
    assert (engines.jobs[-1].format, engines.jobs[-1].quantize) == ("onnx", "int8")
    assert not panel.format.isEnabled(), "what is being exported must stay what stands there"


def choose(box, key: str) -> None:
    box.setCurrentIndex(box.findData(key))
    box.activated.emit(box.currentIndex())
