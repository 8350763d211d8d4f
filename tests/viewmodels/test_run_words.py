import pytest

from tests.presets import LITE0
from tlgui.core.events import Progressed
from tlgui.core.plan import Member, ensemble_plan
from tlgui.core.planning import make_plan
from tlgui.core.run_state import replay
from tlgui.viewmodels.pace import Pace
from tlgui.viewmodels.run import RunViewModel
from tlgui.viewmodels.run_words import (
    activity_words,
    baseline_label,
    facts,
    first_answer,
    headline,
    learning_blocks,
    learning_note,
    plot_sentence,
    sub_line,
    waiting_words,
)


@pytest.fixture
def viewmodel(engines, app_home, make_run) -> RunViewModel:
    viewmodel = RunViewModel(engines, app_home)
    viewmodel.start(make_run())
    return viewmodel


@pytest.fixture
def say(engines, story):
    """Let the engine say everything told so far."""
    return lambda: engines.running[0].say(*story.events)


@pytest.fixture
def end_of(say, engines, story):
    """Let a run of two epochs end in some way."""

    def play(end) -> None:
        story.start()
        story.epoch(1)
        story.step(2)
        story.epoch(2, 0.4)
        end(story)
        say()
        engines.running[0].end()

    return play


def test_title_is_the_finding_at_every_moment(viewmodel, say, story):
    assert headline(viewmodel) == "Getting ready to train"
    assert sub_line(viewmodel) == "trees-1"
    story.start()
    say()
    assert sub_line(viewmodel) == "12 pictures to learn from, 4 to choose by, 4 to test"
    story.first_result()
    say()
    assert headline(viewmodel) == "Training: 81 % so far"
    story.epoch(1)
    say()
    assert headline(viewmodel) == "Training: 85 % so far"
    assert sub_line(viewmodel) == "Epoch 1 of at most 9 · the best model (epoch 1) is kept"
    story.phase()
    story.step(2, 2)
    say()
    assert sub_line(viewmodel) == (
        "Epoch 2 of at most 9 · about 60 s left · the best model (epoch 1) is kept"
    )


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ("pause", "Saving, then pausing"),
        ("stop", "Stopping, then testing the best model"),
        ("discard", "Stopping, then discarding"),
    ],
)
def test_requests_are_confirmed_at_once(viewmodel, request_, words):
    getattr(viewmodel, request_)()
    assert headline(viewmodel) == words


@pytest.mark.parametrize(
    ("end", "title", "sub"),
    [
        (lambda s: s.finish(), "Finished: right on 93 % of pictures it never saw", "2 epochs"),
        (lambda s: s.stop("stopped"), "Stopped and kept: 85 %", "Epoch 2 of at most 9"),
        (lambda s: s.stop("paused"), "Paused: 85 % so far", "Epoch 2 of at most 9"),
        (lambda s: s.fail(), "Training ended early: 85 % so far", "Epoch 2 of at most 9"),
        (lambda s: None, "Interrupted: 85 % so far", "Continue goes on where it ended"),
    ],
)
def test_every_end_has_its_words(viewmodel, end_of, end, title, sub):
    end_of(end)
    assert headline(viewmodel) == title
    assert sub in sub_line(viewmodel)


def test_quick_run_is_one_epoch(viewmodel, say, story):
    story.start()
    story.epoch(1)
    story.finish()
    say()
    assert sub_line(viewmodel).startswith("one epoch")


def test_run_stopped_before_any_result_claims_none(viewmodel, engines, say, story):
    story.start()
    story.stop()
    say()
    engines.running[0].end()
    assert headline(viewmodel) == "Stopped and kept: no result"


def test_discarded_run_is_called_so(viewmodel, engines):
    viewmodel.discard()
    engines.running[0].end()
    assert headline(viewmodel) == "Discarded"
    assert sub_line(viewmodel) == ""


def test_first_answer_has_its_interval_and_its_n(story):
    assert first_answer(replay(story.events)) is None
    story.start()
    story.first_result()
    answer = first_answer(replay(story.events))
    assert answer.label == "First answer, after 9 s"
    assert answer.value == "81 %"
    assert answer.note == "of 83 unseen pictures, between 76 % and 86 %"


def test_share_of_learning_weights_and_groups(story):
    few = story.phase(num_trained=50, num_parameters=1000)
    assert learning_note(few) == "everything, slowly · 5 % of 1,000 weights"
    whole = story.phase("scratch", num_trained=3_420_000, num_parameters=3_420_000)
    assert learning_note(whole) == "everything, from nothing · all 3.4 M weights"
    assert learning_note(story.phase(num_trained=0, num_parameters=0)) == "everything, slowly"
    groups = (False, False, True, True)
    thawing = story.phase("thaw", trained_groups=groups, num_trained=50, num_parameters=1000)
    assert learning_note(thawing) == (
        "one group after another, 1 of 3 groups · 5 % of 1,000 weights"
    )


@pytest.mark.parametrize(
    ("strategy", "phase", "mark"),
    [
        ("head_then_all", "all", "trained"),
        ("lora", "low_rank", "beside"),
        ("adapters", "adapters", "between"),
        ("bias_and_norm", "bias_and_norm", "inside"),
        ("from_scratch", "scratch", "fresh"),
    ],
)
def test_layer_groups_are_drawn_as_the_plan_trains_them(
    viewmodel, story, say, strategy, phase, mark
):
    viewmodel.plan = make_plan(LITE0, strategy=strategy)
    story.start()
    story.phase(phase, trained_groups=(False, True, True))
    say()
    marks = [block.mark for block in learning_blocks(viewmodel)]
    assert marks == ["frozen", mark, "trained"]


def test_groups_of_a_run_whose_plan_is_damaged_are_still_drawn(viewmodel, story, say):
    viewmodel.plan = None
    story.start()
    story.phase(trained_groups=(False, True, True))
    say()
    assert [b.mark for b in learning_blocks(viewmodel)] == ["frozen", "trained", "trained"]


def test_rates_of_the_groups_are_told_where_they_differ(story):
    story.start()
    story.phase(after_epoch=0)
    story.step(1, learning_rate=4e-4)
    assert dict(facts(replay(story.events)))["Learning rate"] == "0.00040"
    story.epoch(1, learning_rates=(2e-4, 1e-4, 5e-5))
    story.step(2, learning_rate=4e-4)
    rates = dict(facts(replay(story.events)))["Learning rate"]
    assert rates == "0.00040, first groups 0.00010"
    story.phase("other", after_epoch=1)
    assert dict(facts(replay(story.events)))["Learning rate"] == "0.00040"


def test_facts_are_only_what_is_known(story):
    assert facts(replay(story.events)) == ()
    story.start()
    story.device()
    assert dict(facts(replay(story.events))) == {
        "Computing on": "A processor",
        "Speed": "100 pictures/s",
    }
    story.step(1, learning_rate=3.8e-5)
    assert dict(facts(replay(story.events))) == {
        "Computing on": "A processor",
        "Memory": "2.0 GB",
        "Speed": "20 pictures/s",
        "Learning rate": "0.000038",
    }


@pytest.mark.parametrize(
    ("rate", "words"), [(1e-4, "0.00010"), (0.25, "0.25"), (5e-8, "5.0e-08"), (0.0, "0")]
)
def test_learning_rates_are_written_as_people_read_them(story, rate, words):
    story.step(1, learning_rate=rate)
    assert dict(facts(replay(story.events)))["Learning rate"] == words


def test_nameless_device_is_described(story):
    story.device(name="", samples_per_s=0.0)
    assert dict(facts(replay(story.events))) == {"Computing on": "2 cores, 8.0 GB"}


def test_baseline_never_stands_without_its_meaning(story):
    assert baseline_label(replay(story.events)) == ""
    story.start()
    assert baseline_label(replay(story.events)) == "always guessing oak: 50 %"


def test_screen_reader_hears_the_last_numbers(story):
    assert plot_sentence(replay(story.events)) == "No epoch has ended yet."
    story.epoch(3)
    assert "After epoch 3" in plot_sentence(replay(story.events))
    assert "85 % on unseen" in plot_sentence(replay(story.events))


def test_progress_says_what_how_far_how_fast_and_how_long(story):
    first = story.tell(Progressed, activity="features", done=0, total=100)
    assert activity_words("listing", Pace(), 1200, 0) == "Looking through the folder · 1,200"
    assert activity_words("listing", Pace(), 0, 0) == "Looking through the folder"
    assert activity_words("compiling", Pace(), 0, 1) == "Getting ready for the first step"
    assert activity_words("yet_unknown", Pace(), 0, 0) == "yet_unknown"
    later = Progressed(seq=2, time_s=first.time_s + 2, activity="features", done=40, total=100)
    pace = Pace().after(first).after(later)
    assert activity_words("features", pace, 40, 100) == (
        "Looking at everything once · 40 of 100 · 20 per second · about 3 s left"
    )


def test_run_on_texts_never_speaks_of_pictures(viewmodel, engines, say, story):
    story.start(modality="text")
    story.device()
    story.first_result()
    say()
    state = viewmodel.state
    assert "Speed" not in dict(facts(state)), "the device was tried with pictures"
    assert sub_line(viewmodel) == "12 texts to learn from, 4 to choose by, 4 to test"
    assert "of 83 unseen texts" in first_answer(state).note
    story.step(1)
    story.epoch(1)
    story.finish()
    say()
    engines.running[0].end()
    assert dict(facts(viewmodel.state))["Speed"] == "20 texts/s"
    assert "unseen texts" in plot_sentence(viewmodel.state)
    assert headline(viewmodel) == "Finished: right on 93 % of texts it never saw"


def test_ensemble_says_whose_answers_it_averages_instead_of_showing_curves(
    engines, app_home, make_run, story, qtbot
):
    viewmodel = RunViewModel(engines, app_home)
    assert "curves begin" in waiting_words(viewmodel)
    members = (
        Member(name="trees-1", preset="lite", strategy="feature_extraction"),
        Member(name="trees-2", preset="other", strategy="of the future"),
    )
    story.form("trees-1", "trees-2", modality="text")
    story.finish()
    viewmodel.open_run(make_run("together-1", story, ensemble_plan(members)))
    qtbot.waitUntil(lambda: viewmodel.state.finished is not None)
    assert headline(viewmodel) == "Finished: right on 93 % of texts it never saw"
    assert sub_line(viewmodel) == "2 models answer together"
    told = waiting_words(viewmodel).splitlines()
    assert told[0].startswith("Nothing was trained here")
    assert told[2].startswith("trees-1 · lite · ")
    assert told[3] == "trees-2 · other · of the future"
    assert not viewmodel.can_resume
