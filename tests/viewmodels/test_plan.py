import shlex
from dataclasses import replace

import pytest

from tests.presets import LITE0, PLAIN, TEXT
from tests.stories import messages
from tlgui.core.catalog import PresetInfo, PresetOrigin
from tlgui.core.plan import SETTINGS, make_plan
from tlgui.core.strategies import STRATEGIES
from tlgui.viewmodels.plan import PlanViewModel
from tlgui.viewmodels.plan_fields import DEFAULTS, ORDER


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
def viewmodel(app_home, dataset, qapp) -> PlanViewModel:
    presets = {name: preset(name) for name in ("other", LITE0.id)}
    viewmodel = PlanViewModel(presets, app_home)
    viewmodel.open_dataset(dataset, source="/data/my trees", name="my trees", group_by="")
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


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_can_be_chosen_and_shows_its_own_values(viewmodel, strategy):
    viewmodel.choose_strategy(strategy)
    assert viewmodel.plan == make_plan(LITE0, strategy=strategy)
    assert viewmodel.phases == make_plan(LITE0, strategy=strategy).phases
    for shown in viewmodel.fields:
        assert shown.value == DEFAULTS[shown.name](make_plan(LITE0, strategy=strategy))
    assert viewmodel.sub


def test_every_setting_has_a_place_in_the_drawer():
    assert set(ORDER) == set(SETTINGS) == set(DEFAULTS)


def test_settings_without_an_effect_are_absent(viewmodel):
    assert {f.name for f in viewmodel.fields} == {"split", "group_by", "seed"}
    viewmodel.choose_strategy("head_then_all")
    assert {f.name for f in viewmodel.fields} == set(SETTINGS) - {"pooling", "sequence_length"}


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
    viewmodel.open_dataset(dataset, source="/a", name="a", group_by="prefix")
    assert viewmodel.plan.split.group_by == "prefix"
    viewmodel.open_dataset(dataset, source="/b", name="b", group_by="")
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


def test_two_runs_never_train_at_once(viewmodel, qtbot, changes):
    seen = changes(viewmodel)
    viewmodel.set_blocked(True)
    viewmodel.set_blocked(True)
    assert len(seen) == 1
    with qtbot.assertNotEmitted(viewmodel.run_created):
        viewmodel.train()


def test_computer_without_any_model_says_so(app_home, qapp):
    viewmodel = PlanViewModel({}, app_home)
    assert viewmodel.plan is None
    assert "No pretrained model" in viewmodel.preset_sentence
    assert viewmodel.title == "The plan"


def test_network_is_drawn_with_its_own_number_of_groups(viewmodel, app_home):
    assert viewmodel.num_groups == 7
    assert PlanViewModel({}, app_home).num_groups == 0


def test_first_model_is_taken_where_the_usual_one_is_missing(app_home, qapp):
    assert PlanViewModel({"other": preset("other")}, app_home).preset == "other"


@pytest.fixture
def texts(app_home, qapp) -> PlanViewModel:
    plain = replace(PLAIN, sequence_length=0)
    presets = {info.id: info for info in (LITE0, TEXT, plain)}
    viewmodel = PlanViewModel(presets, app_home)
    viewmodel.open_dataset(messages(), source="/data/m.csv", name="m", group_by="")
    return viewmodel


def test_texts_get_a_model_of_texts(texts, dataset):
    assert texts.preset == TEXT.id
    assert [info.id for info in texts.suitable_presets] == [TEXT.id, PLAIN.id]
    assert texts.title == "Ready to teach 2 kinds from 20 texts"
    texts.open_dataset(dataset, source="/a", name="a", group_by="")
    assert texts.preset == LITE0.id
    assert [info.id for info in texts.suitable_presets] == [LITE0.id]


def test_method_that_cannot_be_fine_tuned_is_not_offered_to_be(texts):
    texts.choose_strategy("head_then_all")
    texts.choose_preset(PLAIN.id)
    assert texts.strategies == ("feature_extraction",)
    assert texts.strategy == "feature_extraction"
    assert texts.plan.preset == PLAIN.id
    assert {f.name for f in texts.fields} == {"split", "group_by", "seed"}


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
    texts.open_dataset(german, source="/a", name="a", group_by="")
    assert "look like German" in texts.language_hint


def test_usual_length_is_known_before_there_is_a_plan(texts, app_home):
    assert texts.tokens_read("text") == 128
    assert texts.tokens_read("image") == 0
    assert PlanViewModel({}, app_home).tokens_read("text") == 0


def test_computer_without_a_model_of_texts_says_so(app_home, qapp):
    viewmodel = PlanViewModel({LITE0.id: LITE0}, app_home)
    viewmodel.open_dataset(messages(), source="/data/m.csv", name="m", group_by="")
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
