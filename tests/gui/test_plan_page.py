import pytest
from PySide6.QtGui import QGuiApplication

from tests.presets import LITE0
from tlgui.core.plan import make_plan
from tlgui.core.strategies import STRATEGIES
from tlgui.core.wording import STRATEGY_WORDS


@pytest.fixture
def page(desk, scan):
    scan()
    desk.journey.dataset.accept()
    return desk.page("plan")


def test_every_strategy_is_offered_in_plain_words(page, desk):
    assert set(page.strategy.options) == set(STRATEGIES)
    for name, option in page.strategy.options.items():
        option.click()
        assert desk.journey.plan.strategy == name
        assert page.strategy.sentence.text() == STRATEGY_WORDS[name].sentence


def test_network_is_drawn_as_it_will_learn(page, desk):
    from tlgui.gui.widgets.group_strip import GroupStrip

    desk.journey.plan.choose_strategy("head_then_all")
    strips = [s for s in page.strategy.findChildren(GroupStrip) if s.parent().parent()]
    drawn = [strip.trained for strip in strips[-2:]]
    assert drawn == [(False,) * 9 + (True,), (True,) * 10]


def test_other_models_on_this_computer_can_be_chosen(page, desk):
    page.models.setCurrentIndex(page.models.findData("mobilenet_v2_imagenet"))
    page.models.activated.emit(page.models.currentIndex())
    assert desk.journey.plan.plan.preset == "mobilenet_v2_imagenet"
    assert page.model.text() == "MobileNetV2"


def test_typed_setting_reaches_the_run(page, desk, qtbot):
    desk.journey.plan.choose_strategy("head_then_all")
    page.more.click()
    line = page.editors["epochs"].input
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "3")
    page.train.click()
    expected = make_plan(LITE0, strategy="head_then_all", settings={"epochs": "3"})
    assert desk.journey.run.run.read_plan() == expected
    assert desk.journey.stage == "run"


def test_refused_value_is_explained_beside_it_and_stays(page, desk, qtbot):
    page.more.click()
    editor = page.editors["seed"]
    editor.input.setFocus()
    editor.input.selectAll()
    qtbot.keyClicks(editor.input, "seven")
    assert "a whole number from 0" in editor.note.text()
    assert editor.input.text() == "seven"
    assert not page.train.isEnabled()
    editor.input.selectAll()
    qtbot.keyClicks(editor.input, "7")
    assert editor.note.text() == "The same number repeats the same run."
    assert page.train.isEnabled()


def test_groups_can_be_kept_together(page, desk):
    box = page.editors["group_by"].input
    box.setCurrentIndex(box.findData("folder"))
    box.activated.emit(box.currentIndex())
    assert desk.journey.plan.plan.split.group_by == "folder"
    desk.journey.plan.change_setting("group_by", "column:plot")
    assert box.currentText() == "column:plot"


def test_drawer_holds_only_what_matters(page, desk):
    page.more.click()
    assert not page.editors["seed"].isHidden()
    assert "epochs" not in page.editors
    desk.journey.plan.choose_strategy("head_then_all")
    assert not page.editors["epochs"].isHidden()
    desk.journey.plan.choose_strategy("feature_extraction")
    assert page.editors["epochs"].isHidden()
    assert "random seed" in page.more.text()


def test_command_can_be_copied(page, desk):
    assert not page.command.isVisible()
    page.show_command.click()
    assert page.command.text() == desk.journey.plan.command
    page._copy_command()
    assert QGuiApplication.clipboard().text() == desk.journey.plan.command


def test_second_run_waits_for_the_first(page, desk, engines):
    page.train.click()
    desk.journey.go_to("plan")
    desk.journey.run.announce_now()
    assert not page.train.isEnabled()
    assert "Another run is training" in page.blocked.text.text()
    engines.running[-1].end()
    assert page.train.isEnabled()
