from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication

from tests.presets import LITE0
from tests.stories import messages
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
    page.model.options["mobilenet_v2_imagenet"].click()
    assert desk.journey.plan.plan.preset == "mobilenet_v2_imagenet"
    assert page.model.options["mobilenet_v2_imagenet"].isChecked()
    assert "BSD-3-Clause" in page.model.sentence.text()


def test_typed_setting_reaches_the_run(page, desk, qtbot):
    desk.journey.plan.choose_strategy("head_then_all")
    page.more.click()
    line = page.drawer.editors["epochs"].input
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "3")
    page.train.click()
    expected = make_plan(LITE0, strategy="head_then_all", settings={"epochs": "3"})
    assert desk.journey.run.run.read_plan() == expected
    assert desk.journey.stage == "run"


def test_refused_value_is_explained_beside_it_and_stays(page, desk, qtbot):
    page.more.click()
    editor = page.drawer.editors["seed"]
    editor.input.setFocus()
    editor.input.selectAll()
    qtbot.keyClicks(editor.input, "seven")
    assert "a whole number from 0" in editor.note.text()
    assert editor.input.text() == "seven"
    assert not page.train.isEnabled()
    editor.input.selectAll()
    qtbot.keyClicks(editor.input, "7")
    assert editor.note.text() == "random seed · The same number repeats the same run."
    assert page.train.isEnabled()


def test_groups_can_be_kept_together(page, desk):
    box = page.drawer.editors["group_by"].input
    box.setCurrentIndex(box.findData("folder"))
    box.activated.emit(box.currentIndex())
    assert desk.journey.plan.plan.split.group_by == "folder"
    desk.journey.plan.change_setting("group_by", "column:plot")
    assert box.currentText() == "column:plot"


def test_drawer_holds_only_what_matters(page, desk):
    page.more.click()
    assert not page.drawer.editors["seed"].isHidden()
    assert "epochs" not in page.drawer.editors
    desk.journey.plan.choose_strategy("head_then_all")
    assert not page.drawer.editors["epochs"].isHidden()
    desk.journey.plan.choose_strategy("feature_extraction")
    assert page.drawer.editors["epochs"].isHidden()
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


@pytest.fixture
def text_page(desk, scan_texts):
    scan_texts(texts=replace(messages().texts, language="de"))
    desk.journey.dataset.accept()
    return desk.page("plan")


def test_models_of_texts_are_offered_for_texts_only(text_page, desk, scan):
    assert list(text_page.model.options) == ["sentences", "words", "counts"]
    assert text_page.model.options["sentences"].isChecked()
    assert text_page.model.options["sentences"].accessibleDescription().startswith("Learned from")
    scan()
    desk.journey.dataset.accept()
    assert "efficientnet_lite0_imagenet" in text_page.model.options
    assert "sentences" not in text_page.model.options


def test_single_model_is_named_instead_of_offered(text_page, desk):
    desk.journey.plan.presets = {"sentences": desk.journey.plan.presets["sentences"]}
    desk.journey.plan.announce_now()
    assert text_page.model.options == {}
    assert text_page.model.title.text() == "MiniLM"
    desk.journey.plan.presets = {}
    desk.journey.plan.announce_now()
    assert text_page.model.title.text() == "No model"


def test_only_possible_strategies_and_settings_are_shown(text_page, desk):
    desk.journey.plan.choose_strategy("head_then_all")
    text_page.more.click()
    assert text_page.drawer.editors["pooling"].isVisible()
    text_page.model.options["counts"].click()
    assert not text_page.strategy.options["head_then_all"].isVisible()
    assert text_page.strategy.options["feature_extraction"].isChecked()
    assert text_page.strategy.sentence.text().startswith("Nothing is pretrained")
    assert not text_page.drawer.editors["pooling"].isVisible()


def test_language_the_model_does_not_know_is_pointed_out(text_page, desk):
    assert "look like German" in text_page.model.hint.text()
    text_page.model.options["counts"].click()
    assert not text_page.model.hint.isVisible()


def test_pooling_and_length_reach_the_plan(text_page, desk, qtbot):
    text_page.more.click()
    box = text_page.drawer.editors["pooling"].input
    box.setCurrentText("Mixture of the layers")
    box.activated.emit(box.currentIndex())
    line = text_page.drawer.editors["sequence_length"].input
    line.selectAll()
    qtbot.keyClicks(line, "64")
    assert "40 % of these texts" in text_page.drawer.editors["sequence_length"].note.text()
    plan = desk.journey.plan.plan
    assert (plan.pooling, plan.sequence_length) == ("layer_mixture", 64)


def test_settings_stand_beside_each_other_as_far_as_there_is_room(text_page, desk):
    text_page.more.click()
    wide = text_page.drawer._columns
    desk.window.resize(900, 800)
    assert 2 <= text_page.drawer._columns < wide
