import shlex
from dataclasses import replace

import pytest

from tests.presets import LITE0, PLAIN, TEXT
from tests.stories import messages, summary
from tlgui.core.catalog import PresetInfo, PresetOrigin
from tlgui.core.dataset_summary import summary_of
from tlgui.core.facts import Facts, PresetFacts
from tlgui.core.plan_settings import SETTINGS
from tlgui.core.planning import make_plan, possible_settings, possible_strategies
from tlgui.core.setting_values import SETTING_VALUES
from tlgui.core.strategies import STRATEGIES
from tlgui.viewmodels.advisor import NUM_LEVELS
from tlgui.viewmodels.plan import PlanViewModel
from tlgui.viewmodels.plan_fields import SECTIONS


def preset(name: str) -> PresetInfo:
    return PresetInfo(
        id=name,
        title=name.title(),
        task="image",
        family="a_family",
        input_size_px=224,
        num_parameters=3_413_024,
        num_bytes=7_000_000,
        license="Apache-2.0",
        source="somebody",
        trained_on="photographs",
        feature_size=1280,
        num_groups=7,
        embedded=True,
        fine_tuning=LITE0.fine_tuning,
        origin=PresetOrigin(package="p", version="1", member="m", sha256="0"),
    )


@pytest.fixture
def viewmodel(app_home, dataset, qapp, tmp_path) -> PlanViewModel:
    file = tmp_path / "dataset.json"
    file.write_text(dataset.to_json(), encoding="utf-8")
    presets = {name: preset(name) for name in ("other", LITE0.id)}
    viewmodel = PlanViewModel(presets, app_home)
    found = summary_of(dataset, file)
    viewmodel.open_dataset(found, source="/data/my trees", name="my trees", group_by="")
    return viewmodel


def field(viewmodel: PlanViewModel, name: str):
    return next(f for f in viewmodel.fields if f.name == name)


def test_plan_is_filled_in_at_once(viewmodel):
    assert viewmodel.plan == make_plan(LITE0)
    assert viewmodel.title == "Ready to teach 2 kinds from 20 pictures"
    assert "quick way" in viewmodel.sub
    assert viewmodel.preset_sentence == (
        "Learned from photographs. Looks at 224 × 224 pixels. License: Apache-2.0."
    )


OF_PICTURES = [s.id for s in possible_strategies(LITE0)]


@pytest.mark.parametrize("strategy", OF_PICTURES)
def test_every_strategy_can_be_chosen_and_shows_its_own_values(viewmodel, strategy):
    viewmodel.choose_strategy(strategy)
    assert viewmodel.plan == make_plan(preset(LITE0.id), strategy=strategy)
    for shown in viewmodel.fields:
        assert shown.value == SETTING_VALUES[shown.name](viewmodel.plan)
    assert viewmodel.sub


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_value_that_is_shown_makes_no_other_plan(texts, strategy):
    texts.presets = {TEXT.id: replace(TEXT, architecture="transformer")}
    texts.choose_strategy(strategy)
    plan = texts.plan
    for shown in texts.fields:
        texts.change_setting(shown.name, shown.value)
        assert texts.plan == plan, shown.name
        texts.change_setting(shown.name, "")


def test_every_setting_has_one_place_in_the_drawer():
    places = [name for names in SECTIONS.values() for name in names]
    assert len(places) == len(set(places))
    assert set(places) == set(SETTINGS) == set(SETTING_VALUES)


def test_settings_without_an_effect_are_absent(viewmodel):
    of_data = {"split", "group_by", "seed", "class_balance", "adapt", "adapt_folder"}
    names = {"augmentation", *of_data}
    assert {f.name for f in viewmodel.fields} == names
    viewmodel.choose_strategy("head_then_all")
    assert {f.name for f in viewmodel.fields} == possible_settings(LITE0, "head_then_all")
    assert [section.name for section in viewmodel.sections] == [
        *("pace", "data", "overfitting", "forgetting", "unlabeled"),
    ]


def test_changed_settings_reach_the_plan(viewmodel):
    viewmodel.choose_strategy("head_then_all")
    for name, text in {"epochs": "3", "learning_rate": "0.001", "split": "70/15/15"}.items():
        viewmodel.change_setting(name, text)
    settings = {"epochs": "3", "learning_rate": "0.001", "split": "70/15/15"}
    assert viewmodel.plan == make_plan(LITE0, strategy="head_then_all", settings=settings)
    viewmodel.change_setting("epochs", "")
    assert field(viewmodel, "epochs").value == "8"


def test_refused_value_is_explained_in_place_and_stops_training(viewmodel, qtbot):
    viewmodel.change_setting("seed", "lots")
    assert field(viewmodel, "seed").error == (
        "“lots” is no value for Shuffle number: a whole number from 0 to 2147483647."
    )
    assert field(viewmodel, "seed").value == "lots", "nobody may retype what they typed"
    assert viewmodel.plan is None
    with qtbot.assertNotEmitted(viewmodel.run_created):
        viewmodel.train()
    viewmodel.change_setting("seed", "7")
    assert viewmodel.plan.seed == 7


def test_refused_value_of_another_strategy_does_not_stand_in_the_way(viewmodel):
    viewmodel.choose_strategy("head_then_all")
    viewmodel.change_setting("epochs", "-1")
    assert viewmodel.plan is None
    viewmodel.choose_strategy("feature_extraction")
    assert viewmodel.plan == make_plan(LITE0)


def test_command_trains_the_same_plan(viewmodel):
    viewmodel.choose_strategy("head_then_all")
    viewmodel.choose_preset("other")
    viewmodel.change_setting("epochs", "3")
    viewmodel.change_setting("group_by", "prefix:-")
    words = shlex.split(viewmodel.command)
    assert words[:3] == ["tlgui", "train", "/data/my trees"]
    settings = dict(
        w.split("=") for w, flag in zip(words[1:], words, strict=False) if flag == "--set"
    )
    plan = make_plan(
        viewmodel.presets[words[words.index("--preset") + 1]],
        strategy=words[words.index("--strategy") + 1],
        settings=settings,
    )
    assert plan == viewmodel.plan


def test_groups_of_the_data_page_are_in_the_plan_and_leave_with_their_data(viewmodel, dataset):
    viewmodel.open_dataset(summary(dataset), source="/a", name="a", group_by="prefix")
    assert viewmodel.plan.split.group_by == "prefix"
    viewmodel.open_dataset(summary(dataset), source="/b", name="b", group_by="")
    assert viewmodel.plan.split.group_by == ""


def test_train_writes_a_run_with_data_and_plan(viewmodel, qtbot, app_home, dataset):
    with qtbot.waitSignal(viewmodel.run_created, timeout=1000) as created:
        viewmodel.train()
    (run,) = created.args
    assert run.path == app_home.runs / "my-trees-1"
    assert run.read_plan() == viewmodel.plan
    assert run.read_dataset() == dataset


def test_run_that_cannot_be_written_is_told_in_place(viewmodel, app_home, qtbot):
    app_home.runs.write_text("a file where the folder should be", encoding="utf-8")
    with qtbot.assertNotEmitted(viewmodel.run_created):
        viewmodel.train()
    assert viewmodel.failure.code == "folder_not_writable"


def test_data_that_is_gone_by_now_is_told_in_place(viewmodel, tmp_path, qtbot, app_home):
    (tmp_path / "dataset.json").unlink()
    with qtbot.assertNotEmitted(viewmodel.run_created):
        viewmodel.train()
    assert viewmodel.failure.code == "file_damaged"
    assert list(app_home.runs.iterdir()) == []


def test_two_runs_never_train_at_once(viewmodel, qtbot, changes):
    seen = changes(viewmodel)
    viewmodel.set_blocked(True)
    viewmodel.set_blocked(True)
    qtbot.waitUntil(lambda: len(seen) == 1)
    with qtbot.assertNotEmitted(viewmodel.run_created):
        viewmodel.train()


def test_computer_without_any_model_says_so(app_home, qapp):
    viewmodel = PlanViewModel({}, app_home)
    assert viewmodel.plan is None
    assert "No pretrained model" in viewmodel.preset_sentence
    assert viewmodel.title == "The plan"


def test_first_model_is_taken_where_the_usual_one_is_missing(app_home, qapp):
    assert PlanViewModel({"other": preset("other")}, app_home).preset == "other"


@pytest.fixture
def texts(app_home, qapp) -> PlanViewModel:
    plain = replace(PLAIN, sequence_length=0)
    presets = {info.id: info for info in (LITE0, TEXT, plain)}
    viewmodel = PlanViewModel(presets, app_home)
    viewmodel.open_dataset(summary(messages()), source="/data/m.csv", name="m", group_by="")
    return viewmodel


def test_texts_get_a_model_of_texts(texts, dataset):
    assert texts.preset == TEXT.id
    assert [info.id for info in texts.suitable_presets] == [TEXT.id, PLAIN.id]
    assert texts.title == "Ready to teach 2 kinds from 20 texts"
    texts.open_dataset(summary(dataset), source="/a", name="a", group_by="")
    assert texts.preset == LITE0.id
    assert [info.id for info in texts.suitable_presets] == [LITE0.id]


def test_method_that_cannot_be_fine_tuned_is_not_offered_to_be(texts):
    texts.choose_strategy("head_then_all")
    texts.choose_preset(PLAIN.id)
    assert texts.strategies == ("feature_extraction",)
    assert texts.strategy == "feature_extraction"
    assert texts.plan.preset == PLAIN.id
    assert {f.name for f in texts.fields} == {"split", "group_by", "seed", "class_balance"}


def test_values_are_judged_anew_by_every_model(texts):
    texts.change_setting("sequence_length", "500")
    assert texts.plan.sequence_length == 500
    short = replace(TEXT, id="short", max_sequence_length=256)
    texts.presets = {**texts.presets, "short": short}
    texts.choose_preset("short")
    assert "256 tokens at most" in field(texts, "sequence_length").error
    assert texts.plan is None
    texts.choose_preset(PLAIN.id)
    assert texts.plan is not None, "what a model does not have cannot be wrong"
    texts.choose_preset(TEXT.id)
    assert texts.plan.sequence_length == 500


def test_refused_value_is_still_refused_by_another_model_and_strategy(texts):
    texts.change_setting("epochs", "-1")
    texts.choose_preset(PLAIN.id)
    texts.choose_preset(TEXT.id)
    texts.choose_strategy("head_then_all")
    assert field(texts, "epochs").error
    assert texts.plan is None


def test_other_language_is_pointed_out(texts):
    assert texts.language_hint == ""
    german = replace(messages(), texts=replace(messages().texts, language="de"))
    texts.open_dataset(summary(german), source="/a", name="a", group_by="")
    assert "look like German" in texts.language_hint


def test_usual_length_is_known_before_there_is_a_plan(texts, app_home):
    assert texts.tokens_read("text") == 128
    assert texts.tokens_read("image") == 0
    assert PlanViewModel({}, app_home).tokens_read("text") == 0


def test_computer_without_a_model_of_texts_says_so(app_home, qapp):
    viewmodel = PlanViewModel({LITE0.id: LITE0}, app_home)
    viewmodel.open_dataset(summary(messages()), source="/data/m.csv", name="m", group_by="")
    viewmodel.change_setting("seed", "7")
    assert viewmodel.plan is None
    assert "No pretrained model for texts" in viewmodel.preset_sentence
    assert viewmodel.language_hint == ""
    assert viewmodel.strategies == ()
    assert viewmodel.fields == ()


def test_command_reads_the_same_columns(texts):
    words = shlex.split(texts.command)
    assert words[words.index("--text-column") + 1] == "message"
    assert words[words.index("--label-column") + 1] == "label"


def facts(*names: str, samples_per_s: float = 100.0, num_train: int = 1200) -> Facts:
    return Facts(
        modality="image",
        num_train=num_train,
        num_validation=num_train // 3,
        num_test=num_train // 3,
        num_classes=2,
        smallest_class=num_train // 2,
        chance=0.5,
        presets=tuple(
            PresetFacts(preset=name, samples_per_s=samples_per_s, accuracy=0.7) for name in names
        ),
    )


def test_untouched_plan_follows_the_advice_and_says_why(viewmodel):
    assert viewmodel.strategy == "feature_extraction"
    viewmodel.take_facts(facts("other", LITE0.id))
    advice = viewmodel.choices.advisor.advice(viewmodel.level)
    assert (viewmodel.preset, viewmodel.strategy) == (advice.preset, advice.strategy)
    assert viewmodel.strategy != "feature_extraction"
    assert "1,200 pictures" in viewmodel.sub
    assert len(viewmodel.reasons) >= 3
    assert "about " in viewmodel.cost_words


def test_plan_that_a_person_made_stays_theirs(viewmodel):
    viewmodel.choose_strategy("discriminative")
    viewmodel.change_setting("seed", "7")
    viewmodel.take_facts(facts("other", LITE0.id))
    assert viewmodel.strategy == "discriminative"
    assert viewmodel.plan.seed == 7


def test_chosen_way_takes_no_longer_than_the_slider_says(viewmodel):
    viewmodel.take_facts(facts("other", LITE0.id, samples_per_s=20.0))
    viewmodel.choose_strategy("full_fine_tuning")
    usual = make_plan(preset(LITE0.id), strategy="full_fine_tuning")
    assert viewmodel.plan.phases[-1].epochs < usual.phases[-1].epochs
    viewmodel.change_setting("epochs", "50")
    viewmodel.choose_strategy("discriminative")
    assert viewmodel.plan.phases[-1].epochs == 50, "a person's own number stands"


def test_slider_walks_from_quick_to_thorough(viewmodel):
    viewmodel.take_facts(facts("other", LITE0.id))
    ways = []
    for level in range(NUM_LEVELS):
        viewmodel.choose_level(level)
        ways.append(viewmodel.strategy)
        assert viewmodel.plan is not None
    assert ways[0] == "feature_extraction"
    assert ways[-1] == "head_then_all"
    viewmodel.choose_level(0)
    assert "epochs" not in viewmodel.choices.settings, "what was advised before has left with it"


def test_slider_works_before_anything_is_measured(viewmodel):
    viewmodel.choose_level(NUM_LEVELS - 1)
    assert viewmodel.strategy != "feature_extraction"
    assert "about" not in viewmodel.cost_words, "nobody has measured the time"
    assert viewmodel.reasons == ()


def test_command_trains_the_advised_plan(viewmodel):
    viewmodel.take_facts(facts("other", LITE0.id, samples_per_s=20.0))
    words = shlex.split(viewmodel.command)
    settings = dict(
        w.split("=") for w, flag in zip(words[1:], words, strict=False) if flag == "--set"
    )
    info = viewmodel.presets[viewmodel.preset]
    assert make_plan(info, strategy=viewmodel.strategy, settings=settings) == viewmodel.plan


def test_model_that_nobody_looked_at_can_still_be_chosen(viewmodel):
    viewmodel.take_facts(facts("other"))
    viewmodel.choose_preset(LITE0.id)
    assert viewmodel.plan is not None
    assert not any(card.is_recommended for card in viewmodel.cards)


def test_look_at_the_samples_is_told_while_it_lasts(viewmodel, changes, qtbot):
    seen = changes(viewmodel)
    viewmodel.set_advising(True)
    viewmodel.set_advising(True)
    assert "Trying the models" in viewmodel.sub
    qtbot.waitUntil(lambda: len(seen) == 1)


def test_cards_put_the_recommended_way_first_and_show_few(viewmodel):
    viewmodel.take_facts(facts("other", LITE0.id))
    cards = viewmodel.cards
    assert {card.id for card in cards} == set(OF_PICTURES)
    assert [card.is_recommended for card in cards] == [True] + [False] * (len(cards) - 1)
    viewmodel.choose_strategy("lora")
    main = viewmodel.main_of(viewmodel.cards)
    assert main[0].is_recommended
    assert {"feature_extraction", "lora"} <= {card.id for card in main}
    assert len(main) <= 4


def test_every_way_has_a_page_to_read(viewmodel, app_home):
    assert set(viewmodel.help_pages) == set(OF_PICTURES)
    empty = PlanViewModel({}, app_home)
    assert (empty.cards, empty.help_pages, empty.cost_words) == ((), {}, "")


def test_card_promises_what_choosing_it_keeps(viewmodel):
    viewmodel.take_facts(facts("other", LITE0.id, samples_per_s=20.0))
    promised = {card.id: card.costs for card in viewmodel.cards}
    for name in OF_PICTURES:
        viewmodel.choose_strategy(name)
        kept = next(card.costs for card in viewmodel.cards if card.id == name)
        assert kept == promised[name]
