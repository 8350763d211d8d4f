"""Advice from a data set on disk, with the presets of this computer."""

from dataclasses import replace

import pytest

from tlgui.core.errors import TlguiError
from tlgui.core.events import AdviceReady, RunFailed
from tlgui.core.job import AdviseJob, write_job
from tlgui.core.plan import SplitPlan, plan_from_json
from tlgui.engine import worker
from tlgui.engine.advising import probe
from tlgui.engine.advising.advisor import Wish, find_advice, suitable_presets
from tlgui.engine.channel import Channel
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.split import assign_splits
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.worker import run_job


@pytest.fixture
def pictures_dataset(pictures):
    return scan_folder(pictures, Channel())


@pytest.fixture
def advise_job(pictures_dataset, tmp_path, tiny_library, monkeypatch):
    monkeypatch.setattr(worker, "open_library", lambda home: tiny_library)
    (tmp_path / "dataset.json").write_text(pictures_dataset.to_json(), encoding="utf-8")
    job = AdviseJob(
        folder=str(tmp_path / "job"), requested_s=0.0, dataset=str(tmp_path / "dataset.json")
    )
    write_job(job)
    return job


def last_event(job):
    heard = []
    run_job(job, Channel(None, [heard.append]))
    return heard[-1]


def test_the_window_gets_advice_for_the_data_it_scanned(advise_job):
    event = last_event(advise_job)
    assert isinstance(event, AdviceReady)
    assert event.advice.preset == "tiny"
    assert event.facts.num_classes == 3
    assert plan_from_json(event.advice.plan.to_json()) == event.advice.plan


def test_wishes_of_the_window_are_kept(advise_job):
    event = last_event(replace(advise_job, level=4, preset="tiny", strategy="lora"))
    assert (event.advice.level, event.advice.strategy) == (4, "lora")


@pytest.mark.parametrize(
    ("split", "seed"),
    [
        (SplitPlan(), 0),
        (SplitPlan(train_fraction=0.7, validation_fraction=0.1, test_fraction=0.2), 7),
        (SplitPlan(train_fraction=1 / 3, validation_fraction=1 / 3, test_fraction=1 / 3), 0),
        (SplitPlan(group_by="folder"), 3),
    ],
)
def test_only_what_will_be_learned_from_is_looked_at(advise_job, monkeypatch, split, seed):
    asked = []

    def noting(dataset, split, seed):
        asked.append((split, seed))
        return assign_splits(dataset, replace(split, group_by=""), seed)

    monkeypatch.setattr(probe, "assign_splits", noting)
    event = last_event(replace(advise_job, split=split, seed=seed))
    [(dealt, dealt_by)] = asked
    for given in (dealt, event.advice.plan.split):
        assert given.group_by == split.group_by
        assert given.train_fraction == pytest.approx(split.train_fraction, abs=1e-12)
        assert given.test_fraction == pytest.approx(split.test_fraction, abs=1e-12)
    assert dealt_by == event.advice.plan.seed == seed


def test_the_usual_way_to_deal_is_no_setting(advise_job):
    assert not {"seed", "split", "group_by"} & last_event(advise_job).advice.settings.keys()


def test_an_own_seed_deals_what_is_looked_at(pictures_dataset, tiny_library, monkeypatch):
    asked = []

    def noting(dataset, split, seed):
        asked.append(seed)
        return assign_splits(dataset, split, seed)

    monkeypatch.setattr(probe, "assign_splits", noting)
    find_advice(pictures_dataset, tiny_library, Wish(settings={"seed": "11"}), Channel())
    assert asked == [11]


def test_a_data_set_that_is_gone_is_named(advise_job):
    event = last_event(replace(advise_job, dataset=advise_job.dataset + ".gone"))
    assert isinstance(event, RunFailed)
    assert event.code == "path_not_usable"


def test_models_that_take_seconds_to_open_are_looked_at_only_when_asked_for(
    pictures_dataset, tiny_library
):
    facts, _ = find_advice(pictures_dataset, tiny_library, Wish(), Channel())
    assert [preset.preset for preset in facts.presets] == ["tiny"]
    wish = Wish(preset="tiny_vit", strategy="feature_extraction")
    facts, advice = find_advice(pictures_dataset, tiny_library, wish, Channel())
    assert advice.preset == "tiny_vit"


def test_own_shares_are_counted_with(pictures_dataset, tiny_library):
    wish = Wish(settings={"split": "80/10/10"})
    facts, advice = find_advice(pictures_dataset, tiny_library, wish, Channel())
    assert facts.num_train > 0.7 * 36
    assert advice.plan.split.train_fraction == pytest.approx(0.8)


def test_groups_that_mean_nothing_are_told_before_anything_is_trained(
    pictures_dataset, tiny_library
):
    wish = Wish(settings={"group_by": "prefix:X"})
    with pytest.raises(TlguiError, match="group_meaningless"):
        find_advice(pictures_dataset, tiny_library, wish, Channel())


def test_only_models_for_this_kind_of_data_count(pictures_dataset, tiny_library):
    suitable = {info.id for info in suitable_presets(pictures_dataset, tiny_library)}
    assert suitable == {"tiny", "tiny_vit"}
    with pytest.raises(TlguiError, match="preset_for_other_task") as caught:
        suitable_presets(pictures_dataset, tiny_library, "tiny_text")
    assert caught.value.detail["known"].split(", ")[0] == "tiny"
    with pytest.raises(TlguiError, match="preset_unknown"):
        suitable_presets(pictures_dataset, tiny_library, "hope")


def test_a_computer_without_any_model_says_which_is_missing(
    pictures_dataset, tiny_library, tmp_path
):
    nothing = PresetLibrary(
        {"efficientnet_lite0_imagenet": tiny_library.catalog["tiny"]}, (tmp_path / "empty",)
    )
    with pytest.raises(TlguiError, match="preset_missing"):
        suitable_presets(pictures_dataset, nothing)
