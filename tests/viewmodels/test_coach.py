import pytest

from tlgui.core.events import AdaptationEpochEnded, Progressed
from tlgui.core.run_state import replay
from tlgui.viewmodels.coach import coach_line


def said(story) -> str:
    return coach_line(replay(story.events))


def test_first_minute_is_explained(story):
    assert "set aside" in said(story)
    story.start()
    story.tell(Progressed, activity="features", done=1, total=9)
    assert "looks at all pictures once" in said(story)


def test_a_run_stopped_before_any_epoch_needs_no_advice(story):
    story.start()
    story.stop()
    assert said(story) == ""


def test_failure_speaks_for_itself(story):
    story.start()
    story.epoch(1)
    story.fail()
    assert said(story) == ""


def test_worthless_model_is_called_so(story):
    story.start(majority_baseline=0.9)
    story.epoch(1)
    assert said(story) == "Not better yet than always guessing oak."


def test_last_layer_found(story):
    story.start()
    story.epoch(1, learning_rates=())
    assert "The last layer is found" in said(story)


def test_nothing_is_said_of_a_last_layer_where_everything_learned_at_once(story):
    story.start()
    story.epoch(1)
    assert "still get better" in said(story)


def test_a_model_that_reads_without_labels_is_said_to(story):
    story.start()
    story.phase("adapt", after_epoch=0)
    assert "without their labels" in said(story)
    for number, loss in enumerate((3.0, 2.0, 2.5), start=1):
        story.tell(
            AdaptationEpochEnded,
            phase="adapt",
            epoch=number,
            train_loss=loss,
            train_accuracy=0.1,
            val_loss=loss,
            val_accuracy=0.1,
            learning_rate=1e-4,
            duration_s=1.0,
        )
        if number == 2:
            assert "gets better at it" in said(story)
    assert "gains no more" in said(story)


def test_nothing_is_promised_after_the_last_epoch(story):
    story.start(max_epochs=1)
    story.epoch(1)
    assert said(story) == "That was the last epoch. Now comes the test on pictures it never saw."


def test_improvement_is_named(story):
    story.start()
    story.epoch(1, 0.5)
    story.epoch(2, 0.4)
    assert "unseen pictures still get better" in said(story)
    assert "epoch 2" in said(story)


def test_one_bad_epoch_is_no_reason_to_worry(story):
    story.start()
    story.epoch(1, 0.5)
    story.epoch(2, 0.6)
    assert "Epoch 2 did not beat epoch 1" in said(story)


def test_stall_is_announced_before_training_ends_by_itself(story):
    story.start()
    for number, loss in enumerate((0.5, 0.4, 0.6, 0.6), start=1):
        story.epoch(number, loss)
    assert "stopped improving 2 epochs ago" in said(story)
    assert "keeps epoch 2" in said(story)


@pytest.mark.parametrize("ends", [False, True])
def test_memorizing_is_named_with_both_numbers(story, ends):
    story.start()
    for number, loss in enumerate((0.5, 0.4, 0.3), start=1):
        story.epoch(number, loss, train_accuracy=0.99, val_accuracy=0.8)
    if ends:
        story.finish()
    assert "99 %" in said(story)
    assert "80 %" in said(story)
    assert "memorize" in said(story)


def test_pause_says_where_it_goes_on(story):
    story.start()
    story.epoch(1)
    story.stop("paused")
    assert "after epoch 1" in said(story)


def test_end_names_the_kept_epoch(story):
    story.start()
    story.epoch(1, 0.5)
    assert "Only" not in said(story)
    story.epoch(2, 0.4)
    story.finish()
    assert "epoch 2 was the best" in said(story)


def test_end_after_the_quick_strategy_hints_at_the_thorough_one(story):
    story.start()
    story.epoch(1, learning_rates=())
    story.finish()
    assert "Only the last layer" in said(story)


def test_run_without_a_beginning_is_survived(story):
    story.epoch(1)
    assert said(story)
    story.start()
    assert said(story)


def test_coach_of_texts_never_speaks_of_pictures(story):
    story.start(modality="text", max_epochs=5)
    lines = [said(story)]
    for number, loss in enumerate((0.5, 0.4, 0.6, 0.7), start=1):
        story.epoch(number, loss)
        lines.append(said(story))
    assert all("texts" in line for line in lines), lines
    assert not any("picture" in line for line in lines)
