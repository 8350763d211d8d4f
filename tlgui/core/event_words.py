"""The line that a person reads for an event on a terminal."""

from functools import singledispatch

from tlgui.core.advice_words import advice_lines
from tlgui.core.energy_words import energy_line
from tlgui.core.evaluation_words import evaluation_lines
from tlgui.core.events import (
    AdaptationEpochEnded,
    AdviceReady,
    CopiesFinished,
    DeviceReported,
    DocumentWritten,
    EnergyMeasured,
    EnsembleFormed,
    EpochEnded,
    EvaluationFinished,
    Event,
    ExplanationsFinished,
    ExportFinished,
    FirstResult,
    NeighborsFound,
    PhaseStarted,
    PredictionFinished,
    ProblemFound,
    RatesTried,
    RateTried,
    ReviewFinished,
    RunFinished,
    RunResumed,
    RunStarted,
    RunStopped,
    SampleExplained,
    SampleNotExplained,
    SamplePredicted,
)
from tlgui.core.explanation_words import explanation_lines, neighbor_lines
from tlgui.core.export_words import export_lines
from tlgui.core.prediction_words import sorting_sentence
from tlgui.core.review_words import review_lines
from tlgui.core.strategy_words import PHASES
from tlgui.core.wording import error_sentence, percent, problem_sentence


def event_sentence(event: Event, samples: str = "samples") -> str:
    """Return the line that a person sees for an event, "" for none.

    Args:
        event: What happened.
        samples: What is learned from: pictures, texts.
    """
    return _sentence(event, samples)


@singledispatch
def _sentence(event: Event, samples: str) -> str:
    return ""


@_sentence.register
def _(event: ProblemFound, samples: str) -> str:
    return problem_sentence(event.problem)


@_sentence.register
def _(event: AdviceReady, samples: str) -> str:
    return "\n".join(advice_lines(event.advice))


@_sentence.register
def _(event: RunStarted, samples: str) -> str:
    return (
        f"{event.num_train} {samples} to learn from, {event.num_validation} to choose by, "
        f"{event.num_test} to test with · {event.preset} · {event.strategy}"
    )


@_sentence.register
def _(event: EnsembleFormed, samples: str) -> str:
    return (
        f"{len(event.members)} models answer together · {event.num_validation:,} "
        f"{samples} to ask how sure they may be, {event.num_test:,} to test with"
    )


@_sentence.register
def _(event: RunResumed, samples: str) -> str:
    return f"Going on after epoch {event.epoch}, step {event.step}"


@_sentence.register
def _(event: DeviceReported, samples: str) -> str:
    pace = f", {event.samples_per_s:.0f} {samples}/s" if event.samples_per_s else ""
    return f"Computing on {event.name} ({event.num_cores} cores){pace}"


@_sentence.register
def _(event: PhaseStarted, samples: str) -> str:
    count = f" ({event.num_trained:,} weights)" if event.num_trained else ""
    return f"Now learning: {PHASES[event.phase]}{count}"


@_sentence.register
def _(event: FirstResult, samples: str) -> str:
    accuracy = event.val_accuracy
    return (
        f"First answer after {event.elapsed_s:.0f} s: {percent(accuracy.value)} of unseen "
        f"{samples} right (between {percent(accuracy.low)} and {percent(accuracy.high)}, "
        f"n = {event.num_samples})"
    )


@_sentence.register
def _(event: EpochEnded, samples: str) -> str:
    return (
        f"Epoch {event.epoch}: loss {event.train_loss:.3f}, unseen {event.val_loss:.3f}, "
        f"accuracy {percent(event.train_accuracy)}, unseen {percent(event.val_accuracy)}"
    )


@_sentence.register
def _(event: AdaptationEpochEnded, samples: str) -> str:
    return (
        f"Epoch {event.epoch} without labels: loss {event.train_loss:.3f}, "
        f"unseen {event.val_loss:.3f}, riddles solved {percent(event.train_accuracy)}, "
        f"unseen {percent(event.val_accuracy)}"
    )


@_sentence.register
def _(event: RateTried, samples: str) -> str:
    return f"Rate {event.learning_rate:.1e}: loss {event.loss:.3f}"


@_sentence.register
def _(event: RatesTried, samples: str) -> str:
    rate = event.suggested
    return f"Suggested: {rate:g}. Train with: --set learning_rate={rate:g}"


@_sentence.register
def _(event: EvaluationFinished, samples: str) -> str:
    return "\n".join((*evaluation_lines(event.evaluation), f"Details: {event.folder}"))


@_sentence.register
def _(event: ReviewFinished, samples: str) -> str:
    return "\n".join((*review_lines(event.review), f"Details: {event.folder}"))


@_sentence.register
def _(event: SamplePredicted, samples: str) -> str:
    perhaps = "" if event.is_sure else "not sure, perhaps "
    strange = ", unlike anything it was trained on" if event.is_unfamiliar else ""
    return f"{event.file}: {perhaps}{event.predicted} ({percent(event.probability)}){strange}"


@_sentence.register(PredictionFinished)
@_sentence.register(CopiesFinished)
def _(event: PredictionFinished | CopiesFinished, samples: str) -> str:
    return sorting_sentence(event)


@_sentence.register
def _(event: ExportFinished, samples: str) -> str:
    return "\n".join(export_lines(event))


@_sentence.register
def _(event: EnergyMeasured, samples: str) -> str:
    return energy_line(event.energy)


@_sentence.register
def _(event: RunFinished, samples: str) -> str:
    accuracy = event.test_accuracy
    kept = f"; epoch {event.best_epoch} is kept" if event.best_epoch else ""
    return (
        f"Right on {percent(accuracy.value)} of {samples} it never saw (between "
        f"{percent(accuracy.low)} and {percent(accuracy.high)}){kept}: {event.run}"
    )


@_sentence.register
def _(event: DocumentWritten, samples: str) -> str:
    return "\n".join((f"Written: {event.file}", *(f"  with {other}" for other in event.others)))


@_sentence.register
def _(event: RunStopped, samples: str) -> str:
    return f"Saved. Go on with: tlgui resume {event.run}"


@_sentence.register
def _(event: SampleExplained, samples: str) -> str:
    return "\n".join(explanation_lines(event.explanation))


@_sentence.register
def _(event: NeighborsFound, samples: str) -> str:
    return "\n".join(neighbor_lines(event))


@_sentence.register
def _(event: SampleNotExplained, samples: str) -> str:
    return error_sentence(event.code, event.detail)


@_sentence.register
def _(event: ExplanationsFinished, samples: str) -> str:
    return f"{event.num_explained} explained, {event.num_failed} not: {event.folder}"
