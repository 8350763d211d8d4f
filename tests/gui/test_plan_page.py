from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication

from tests.presets import LITE0
from tests.stories import messages
from tlgui.core.facts import Facts, PresetFacts
from tlgui.core.planning import make_plan, possible_strategies
from tlgui.core.strategy_words import STRATEGY_WORDS


@pytest.fixture
def facts() -> Facts:
    return Facts(
        modality="image",
        num_train=1200,
        num_validation=400,
        num_test=400,
        num_classes=2,
        smallest_class=600,
        chance=0.5,
        presets=(PresetFacts(preset=LITE0.id, samples_per_s=50.0, accuracy=0.7),),
    )


@pytest.fixture
def page(desk, scan):
    scan()
    desk.journey.dataset.accept()
    return desk.page("plan")


POSSIBLE = [s.id for s in possible_strategies(LITE0)]


def test_every_strategy_that_fits_is_offered_in_plain_words(page, desk):
    page.all_ways.click()
    assert set(page.strategy.options) == set(POSSIBLE)
    for name, option in page.strategy.options.items():
        option.click()
        assert desk.journey.plan.strategy == name
        assert page.strategy.cards[name].sentence.text() == STRATEGY_WORDS[name].sentence
        assert page.strategy.cards[name].term.text() == STRATEGY_WORDS[name].term
        assert page.strategy.cards[name].property("chosen") is True


def shown(page) -> list[str]:
    return [name for name, card in page.strategy.cards.items() if card.isVisible()]


def test_few_cards_are_shown_until_all_are_wanted(page, desk):
    assert 3 <= len(shown(page)) <= 4
    assert page.all_ways.text() == f"All {len(POSSIBLE)} ways"
    page.all_ways.click()
    assert set(shown(page)) == set(POSSIBLE)
    page.all_ways.click()
    assert len(shown(page)) <= 4


def test_recommended_card_is_marked_and_first(page, desk, facts, qtbot):
    desk.journey.plan.take_facts(facts)
    marked = [name for name, card in page.strategy.cards.items() if card.mark.isVisible()]
    assert marked == [desk.journey.plan.strategy]
    others = [page.strategy.cards[name] for name in shown(page) if name != marked[0]]
    first = page.strategy.cards[marked[0]]
    qtbot.waitUntil(lambda: all(first.y() < card.y() for card in others))
    assert "about" in page.strategy.cards[marked[0]].costs.text()


def test_whole_card_can_be_clicked(page, desk, qtbot):
    card = page.strategy.cards["head_then_all"]
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(4, card.height() - 4))
    assert desk.journey.plan.strategy == "head_then_all"


def test_cards_are_reached_by_the_keyboard(page, desk, qtbot):
    page.all_ways.click()
    last = page.strategy.cards[POSSIBLE[-1]]
    last.option.setFocus()
    qtbot.keyClick(last.option, Qt.Key.Key_Space)
    assert desk.journey.plan.strategy == POSSIBLE[-1]
    place = last.mapTo(page.strategy.viewport(), QPoint(0, 0))
    assert page.strategy.viewport().rect().contains(place), "the card is scrolled into sight"
    assert STRATEGY_WORDS[POSSIBLE[-1]].sentence[:40] in last.option.accessibleDescription()


def test_network_is_drawn_as_it_will_learn(page, desk):
    drawn = [
        [block.mark for block in strip.blocks]
        for strip in page.strategy.cards["head_then_all"].strips
    ]
    assert drawn == [["frozen"] * 9 + ["trained"], ["trained"] * 10]


def test_slider_walks_from_quick_to_thorough(page, desk, qtbot, facts):
    desk.journey.plan.take_facts(facts)
    slider = page.effort.slider
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert desk.journey.plan.strategy == "feature_extraction"
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert desk.journey.plan.strategy == "head_then_all"
    assert desk.journey.plan.level == slider.maximum()
    assert "about" in page.effort.words.text()
    assert page.strategy.options["head_then_all"].isChecked()


def test_card_leads_to_its_help_page_and_so_does_f1(page, desk, qtbot):
    page.strategy.cards["head_then_all"].how.click()
    ways = desk.window.ways
    assert ways.isVisible()
    assert ways.titles.currentItem().text() == STRATEGY_WORDS["head_then_all"].title
    ways.close()
    desk.journey.plan.choose_strategy("lora")
    desk.window.show_help()
    assert ways.titles.currentItem().text() == STRATEGY_WORDS["lora"].title
    ways.close()
    desk.journey.go_to("data")
    desk.window.show_help()
    assert not ways.isVisible()
    desk.window.help.close()


def test_folder_is_chosen_for_a_setting(page, desk, answers):
    page.more.click()
    page.drawer.headings["unlabeled"].click()
    answers.path = "/data/more pictures"
    page.drawer.editors["adapt_folder"].choose.click()
    assert desk.journey.plan.plan.adapt_folder == "/data/more pictures"
    assert page.drawer.editors["adapt_folder"].input.text() == "/data/more pictures"


def test_drawer_shows_one_section_at_a_time(page, desk):
    desk.journey.plan.choose_strategy("head_then_all")
    page.more.click()
    assert page.drawer.editors["epochs"].isVisible()
    assert not page.drawer.editors["mixup"].isVisible()
    page.drawer.headings["overfitting"].click()
    assert page.drawer.editors["mixup"].isVisible()
    assert not page.drawer.editors["epochs"].isVisible()
    desk.journey.plan.change_setting("epochs", "x")
    assert page.drawer.headings["pace"].property("wrong") is True, "what is wrong can be found"


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
    page.drawer.headings["data"].click()
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
    assert "group split" in page.more.text()


def test_command_can_be_copied(page, desk):
    assert not page.command.isVisible()
    page.show_command.click()
    assert page.command.text() == desk.journey.plan.command
    page._copy_command()
    assert QGuiApplication.clipboard().text() == desk.journey.plan.command


def test_second_run_waits_for_the_first(page, desk, engines, qtbot):
    page.train.click()
    desk.journey.go_to("plan")
    desk.journey.run.announce_now()
    qtbot.waitUntil(lambda: not page.train.isEnabled())
    assert "Another run is training" in page.blocked.text.text()
    engines.running[-1].end()
    qtbot.waitUntil(page.train.isEnabled)


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
    text_page.drawer.headings["weights"].click()
    assert text_page.drawer.editors["pooling"].isVisible()
    text_page.model.options["counts"].click()
    assert not text_page.strategy.options["head_then_all"].isVisible()
    card = text_page.strategy.cards["feature_extraction"]
    assert card.option.isChecked()
    assert card.sentence.text().startswith("Nothing is pretrained")
    assert not text_page.all_ways.isVisible()
    assert not text_page.drawer.editors["pooling"].isVisible()


def test_language_the_model_does_not_know_is_pointed_out(text_page, desk):
    assert "look like German" in text_page.model.hint.text()
    text_page.model.options["counts"].click()
    assert not text_page.model.hint.isVisible()


def test_pooling_and_length_reach_the_plan(text_page, desk, qtbot):
    text_page.more.click()
    box = text_page.drawer.editors["pooling"].input
    box.setCurrentText("Mix of layers")
    box.activated.emit(box.currentIndex())
    line = text_page.drawer.editors["sequence_length"].input
    line.selectAll()
    qtbot.keyClicks(line, "64")
    assert "40 % of these texts" in text_page.drawer.editors["sequence_length"].note.text()
    plan = desk.journey.plan.plan
    assert (plan.pooling, plan.sequence_length) == ("layer_mixture", 64)


def test_settings_stand_beside_each_other_as_far_as_there_is_room(text_page, desk):
    text_page.more.click()
    wide = text_page.drawer.grid._columns
    desk.window.resize(900, 800)
    assert 2 <= text_page.drawer.grid._columns < wide
