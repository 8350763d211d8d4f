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

from tlgui.core.dataset import Dataset, TextFacts
from tlgui.core.errors import Detail
from tlgui.core.event_words import event_sentence
from tlgui.core.events import (
    EnsembleFormed,
    Event,
    Progressed,
    RunFailed,
    RunResumed,
    RunStarted,
    StepEnded,
)
from tlgui.core.wording import ACTIVITIES, SAMPLES, error_sentence, percent


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
