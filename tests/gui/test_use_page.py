import pytest
from PySide6.QtGui import QDesktopServices

from tests.stories import Story
from tlgui.core.events import ExportFinished, Progressed


@pytest.fixture
def page(open_result, desk):
    open_result()
    desk.journey.go_to("use")
    return desk.page("use")


def test_export_says_what_was_proven(page, desk, engines, answers, tmp_path, monkeypatch):
    answers.path = str(tmp_path)
    page.export.click()
    assert not page.export.isEnabled()
    assert page.export_progress.label.text() == "Writing the model"
    told = Story()
    engines.running[-1].say(told.tell(Progressed, activity="comparing", done=2, total=4))
    desk.journey.export.announce_now()
    assert "fresh process · 2 of 4" in page.export_progress.label.text()
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
    assert page.result.text() == (
        "The exported model gave the same answer for 84 of 84 test pictures."
    )
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    page.open_folder.click()
    assert opened == [folder]


def test_failed_export_is_told_beside_its_button(page, desk, engines, answers, tmp_path):
    answers.path = str(tmp_path)
    page.export.click()
    engines.running[-1].say(Story().fail("export_disagrees", reason="2 of 84 differ"))
    engines.running[-1].end()
    assert "2 of 84 differ" in page.export_failure.text.text()
    assert page.export.isEnabled()
    page._open_folder()


def test_format_is_chosen(page, desk):
    page.format.activated.emit(0)
    assert desk.journey.export.format == "keras"
