from tlgui.core.events import RunResumed
from tlgui.viewmodels.step_trace import StepTrace


def test_steps_stand_between_the_epochs(story):
    trace = StepTrace()
    for event in (story.step(1, 2), story.step(2, 4, loss=0.25, accuracy=1.0), story.epoch(2)):
        trace.add(event)
    assert trace.epochs == [0.5, 2.0]
    assert trace.losses == [0.5, 0.25]
    assert trace.accuracies == [0.75, 1.0]


def test_endless_runs_stay_cheap_to_draw(story):
    trace = StepTrace(max_points=64)
    for epoch in range(1, 400):
        trace.add(story.step(epoch))
    assert len(trace.epochs) < 64
    assert trace.epochs == sorted(trace.epochs)
    assert trace.epochs[-1] > 300, "the newest steps must not be lost"
    assert len(trace.epochs) == len(trace.losses) == len(trace.accuracies)


def test_what_came_after_the_checkpoint_is_void(story):
    trace = StepTrace()
    for event in (story.step(1, 4), story.step(2, 4), story.step(3, 1)):
        trace.add(event)
    trace.add(story.tell(RunResumed, epoch=2, step=0))
    assert trace.epochs == [1.0, 2.0]
    assert len(trace.losses) == 2
