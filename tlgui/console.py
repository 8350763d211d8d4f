"""Events and answers on a terminal: a sentence and a progress bar, or lines of JSON."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import TracebackType
from typing import IO, Any, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from tlgui.core.advice_words import advice_lines
from tlgui.core.dataset import Dataset, TextFacts
from tlgui.core.energy_words import energy_line
from tlgui.core.errors import Detail
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
    Progressed,
    RatesTried,
    RateTried,
    ReviewFinished,
    RunFailed,
    RunFinished,
    RunResumed,
    RunStarted,
    RunStopped,
    SampleExplained,
    SampleNotExplained,
    SamplePredicted,
    StepEnded,
)
from tlgui.core.explanation_words import explanation_lines, neighbor_lines
from tlgui.core.export_words import export_lines
from tlgui.core.prediction_words import sorting_sentence
from tlgui.core.review_words import review_lines
from tlgui.core.strategy_words import PHASES
from tlgui.core.wording import ACTIVITIES, SAMPLES, error_sentence, percent, problem_sentence


class JsonOutput:
    """One JSON object per line, for other programs."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def event(self, event: Event) -> None:
        """Print an event as it stands in ``events.jsonl``."""
        _write_line(self._stream, event.to_json())

    def record(self, record: Mapping[str, Any], text: str) -> None:
        """Print the record; the text is for people."""
        self._write(record)

    def note(self, text: str) -> None:
        """Print nothing: the text is for people, and other programs find it in the run."""

    def dataset(self, dataset: Dataset, tokens_read: int) -> None:
        """Print what a scan found."""
        with suppress(OSError, ValueError):  # see ``_write_line``
            self._stream.writelines(dataset.json_parts())
        _write_line(self._stream, "")

    def error(self, code: str, detail: Mapping[str, Detail]) -> None:
        """Print why a command ended before its job began."""
        self._write({"error": code, "detail": detail, "message": error_sentence(code, detail)})

    def _write(self, record: Mapping[str, Any]) -> None:
        _write_line(self._stream, json.dumps(record, ensure_ascii=False))


class RateColumn(ProgressColumn):
    """How many there are per second, once it is known."""

    def render(self, task: Task) -> Text:
        """Return what stands beside the bar."""
        rate = task.speed or 0
        return Text(f"{rate:.0f}/s" if rate >= 1 else "")


class TextOutput:
    """Sentences on standard output; progress and errors on standard error."""

    def __init__(self, stream: IO[str]) -> None:
        self._out = stream
        # a copy, since file descriptor 2 may lead into a log while a job runs
        real_stderr = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace")
        self._err = Console(file=real_stderr, highlight=False, soft_wrap=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            RateColumn(),
            TimeRemainingColumn(),
            console=self._err,
            transient=True,
            disable=not self._err.is_terminal,
        )
        self._task = self._progress.add_task("", visible=False)
        self._samples = "samples"

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def event(self, event: Event) -> None:
        """Show an event, if it says something to a person."""
        match event:
            case Progressed():
                self._show(ACTIVITIES[event.activity], event.done, event.total)
            case StepEnded():
                text = f"Epoch {event.epoch}, loss {event.loss:.3f}"
                self._show(text, event.step, event.num_steps)
            case RunFailed():
                self.error(event.code, event.detail)
            case _:
                if isinstance(event, RunStarted | RunResumed | EnsembleFormed):
                    self._samples = SAMPLES[event.modality]
                text = event_sentence(event, self._samples)
                if text:
                    self._say(text)

    def record(self, record: Mapping[str, Any], text: str) -> None:
        """Print the text; the record is for programs."""
        self._say(text)

    def note(self, text: str) -> None:
        """Print a sentence, if there is one."""
        if text:
            self._say(text)

    def dataset(self, dataset: Dataset, tokens_read: int) -> None:
        """Print what a scan found.

        Args:
            dataset: What was scanned.
            tokens_read: How many tokens of a text are read unless a person says otherwise.
        """
        self._say(
            f"{len(dataset.samples):,} {SAMPLES[dataset.modality]} "
            f"in {len(dataset.classes)} kinds"
            + (f", {dataset.num_ignored:,} other files ignored" if dataset.num_ignored else "")
        )
        if dataset.text_column:
            text, label = dataset.text_column, dataset.label_column
            self._say(f"Texts from the column “{text}”, labels from “{label}”")
        facts = dataset.texts or TextFacts()
        for line in _fact_lines(facts, tokens_read):
            self._say(line)
        words = facts.class_words or ((),) * len(dataset.classes)
        for name, count, own in zip(dataset.classes, dataset.class_counts(), words, strict=True):
            self._say(f"  {name}: {count:,}" + (f" ({', '.join(own)})" if own else ""))

    def error(self, code: str, detail: Mapping[str, Detail]) -> None:
        """Print what happened and what to do."""
        self._err.print(escape(error_sentence(code, detail)))

    def _say(self, text: str) -> None:
        if self._out.isatty() and self._err.is_terminal:
            self._err.print(escape(text))  # above the progress bar, not through it
        else:
            _write_line(self._out, text)

    def _show(self, description: str, done: int, total: int) -> None:
        self._progress.update(
            self._task,
            description=description,
            completed=done,
            total=total,
            visible=done < total,
        )


Output = JsonOutput | TextOutput


def _fact_lines(facts: TextFacts, tokens_read: int) -> Iterator[str]:
    if facts.language:
        yield f"Language: {facts.language}"
    if facts.num_tokens:
        line = (
            f"Half of them have at most {facts.num_tokens[50]:,} tokens, "
            f"the longest {facts.num_tokens[-1]:,}"
        )
        if tokens_read:
            cut = percent(facts.share_cut(tokens_read))
            line += f"; {cut} have more than the {tokens_read} that are read by default"
        yield line


def _write_line(stream: IO[str], text: str) -> None:
    with suppress(OSError, ValueError):  # a reader that went away does not end the work
        stream.write(text + "\n")
        stream.flush()


def _answer_line(event: SamplePredicted) -> str:
    perhaps = "" if event.is_sure else "not sure, perhaps "
    strange = ", unlike anything it was trained on" if event.is_unfamiliar else ""
    return f"{event.file}: {perhaps}{event.predicted} ({percent(event.probability)}){strange}"


def event_sentence(event: Event, samples: str = "samples") -> str:  # noqa: C901 (flat)
    """Return the line that a person sees for an event, "" for none.

    Args:
        event: What happened.
        samples: What is learned from: pictures, texts.
    """
    match event:
        case ProblemFound():
            return problem_sentence(event.problem)
        case AdviceReady():
            return "\n".join(advice_lines(event.advice))
        case RunStarted():
            return (
                f"{event.num_train} {samples} to learn from, {event.num_validation} to choose by, "
                f"{event.num_test} to test with · {event.preset} · {event.strategy}"
            )
        case EnsembleFormed():
            return (
                f"{len(event.members)} models answer together · {event.num_validation:,} "
                f"{samples} to ask how sure they may be, {event.num_test:,} to test with"
            )
        case RunResumed():
            return f"Going on after epoch {event.epoch}, step {event.step}"
        case DeviceReported():
            pace = f", {event.samples_per_s:.0f} {samples}/s" if event.samples_per_s else ""
            return f"Computing on {event.name} ({event.num_cores} cores){pace}"
        case PhaseStarted():
            count = f" ({event.num_trained:,} weights)" if event.num_trained else ""
            return f"Now learning: {PHASES[event.phase]}{count}"
        case FirstResult():
            accuracy = event.val_accuracy
            return (
                f"First answer after {event.elapsed_s:.0f} s: {percent(accuracy.value)} of unseen "
                f"{samples} right (between {percent(accuracy.low)} and {percent(accuracy.high)}, "
                f"n = {event.num_samples})"
            )
        case EpochEnded():
            return (
                f"Epoch {event.epoch}: loss {event.train_loss:.3f}, unseen {event.val_loss:.3f}, "
                f"accuracy {percent(event.train_accuracy)}, unseen {percent(event.val_accuracy)}"
            )
        case AdaptationEpochEnded():
            return (
                f"Epoch {event.epoch} without labels: loss {event.train_loss:.3f}, "
                f"unseen {event.val_loss:.3f}, riddles solved {percent(event.train_accuracy)}, "
                f"unseen {percent(event.val_accuracy)}"
            )
        case RateTried():
            return f"Rate {event.learning_rate:.1e}: loss {event.loss:.3f}"
        case RatesTried():
            rate = event.suggested
            return f"Suggested: {rate:g}. Train with: --set learning_rate={rate:g}"
        case EvaluationFinished():
            return "\n".join((*evaluation_lines(event.evaluation), f"Details: {event.folder}"))
        case ReviewFinished():
            return "\n".join((*review_lines(event.review), f"Details: {event.folder}"))
        case SamplePredicted():
            return _answer_line(event)
        case PredictionFinished() | CopiesFinished():
            return sorting_sentence(event)
        case ExportFinished():
            return "\n".join(export_lines(event))
        case EnergyMeasured():
            return energy_line(event.energy)
        case RunFinished():
            accuracy = event.test_accuracy
            kept = f"; epoch {event.best_epoch} is kept" if event.best_epoch else ""
            return (
                f"Right on {percent(accuracy.value)} of {samples} it never saw (between "
                f"{percent(accuracy.low)} and {percent(accuracy.high)}){kept}: {event.run}"
            )
        case DocumentWritten():
            return "\n".join((f"Written: {event.file}", *(f"  with {o}" for o in event.others)))
        case RunStopped():
            return f"Saved. Go on with: tlgui resume {event.run}"
    return _why_sentence(event)


def _why_sentence(event: Event) -> str:
    match event:
        case SampleExplained():
            return "\n".join(explanation_lines(event.explanation))
        case NeighborsFound():
            return "\n".join(neighbor_lines(event))
        case SampleNotExplained():
            return error_sentence(event.code, event.detail)
        case ExplanationsFinished():
            return f"{event.num_explained} explained, {event.num_failed} not: {event.folder}"
    return ""
