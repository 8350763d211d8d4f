"""Why a model answers as it does: the job."""

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tlgui.core import durable
from tlgui.core.errors import TlguiError
from tlgui.core.events import (
    ExplainerReady,
    ExplanationsFinished,
    NeighborsFound,
    SampleExplained,
    SampleNotExplained,
)
from tlgui.core.explanation import Neighbor
from tlgui.core.job import ExplainJob
from tlgui.core.records import json_text
from tlgui.core.run_folder import clean_name, open_run
from tlgui.engine.channel import Channel
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.results.explained_samples import Item, SampleFinder
from tlgui.engine.results.explainer import Explainer, View
from tlgui.engine.results.neighborhood import Neighborhood
from tlgui.engine.results.opened_run import open_best

RECORDS = "explanations.jsonl"

log = logging.getLogger(__name__)


def run_explain_job(job: ExplainJob, library: PresetLibrary, channel: Channel) -> None:
    """Do the job.

    Raises:
        TlguiError: there is no result yet, none of the samples can be explained, or the folder
            for what is found holds other files.
        JobStopped: a person asked for it; without samples in the end always.
    """
    folder = Path(job.to or job.folder)
    if job.to and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TlguiError("folder_not_empty", path=job.to)
    opened = open_best(open_run(Path(job.model)), library)
    work = _Work(
        explainer=Explainer(opened, folder, channel),
        neighborhood=Neighborhood(opened, folder, channel),
        finder=SampleFinder(opened.dataset, opened.reader, channel),
        channel=channel,
    )
    if job.files or job.texts:
        work.explain_all(job, folder)
        return
    work.explainer.warm_up()
    channel.send(ExplainerReady, classes=opened.dataset.classes)
    while True:
        work.answer(channel.next_question())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    number: int
    file: str
    text: str
    view: View


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    explainer: Explainer
    neighborhood: Neighborhood
    finder: SampleFinder
    channel: Channel

    def answer(self, line: str) -> None:
        """Answer one line of requests; the next one may cut the search for similar samples."""
        question = _parsed(line)
        if question is None:
            return
        try:
            item = self._item(question)
            name = f"{question.number}"
            explanation = self.explainer.explain(item, question.view, name)
            self.channel.send(SampleExplained, question=question.number, explanation=explanation)
            if self.neighborhood.complete(self.channel.has_question):
                self._send_neighbors(question.number, item)
        except TlguiError as error:
            self._send_failure(question.number, error)

    def explain_all(self, job: ExplainJob, folder: Path) -> None:
        """Explain every sample of a job, and write it all down."""
        records: list[dict[str, object]] = []
        num_explained, failure = 0, None
        questions = [*_questions(job)]
        for question in questions:
            self.channel.stop_if_requested()
            try:
                records += self._explained(question, job.target)
                num_explained += 1
            except TlguiError as error:
                failure = failure or error
                self._send_failure(question.number, error)
        if failure and not num_explained:
            raise failure
        durable.make_folder(folder)
        lines = [json_text(record) + "\n" for record in records]
        durable.replace_file(folder / RECORDS, "".join(lines))
        self.channel.send(
            ExplanationsFinished,
            num_explained=num_explained,
            num_failed=len(questions) - num_explained,
            folder=str(folder),
        )

    def _explained(self, question: _Question, target: str) -> Iterator[dict[str, object]]:
        item = self._item(question)
        name = f"{question.number}-{clean_name(Path(item.file).stem or 'text')}"
        found = self.explainer.explain(item, View(target=target), name)
        explanations = [found]
        if found.target != found.predicted:
            view = View(target=found.predicted, against=target)
            explanations.append(self.explainer.explain(item, view, name))
        self.neighborhood.complete()
        for explanation in explanations:
            self.channel.send(SampleExplained, question=question.number, explanation=explanation)
        neighbors = self._send_neighbors(question.number, item)
        for explanation in explanations:
            yield {**asdict(explanation), "neighbors": [asdict(n) for n in neighbors]}

    def _item(self, question: _Question) -> Item:
        if question.file:
            return self.finder.of_file(question.file)
        return self.finder.of_text(question.text)

    def _send_neighbors(self, number: int, item: Item) -> tuple[Neighbor, ...]:
        neighbors = self.neighborhood.of_item(item)
        self.channel.send(
            NeighborsFound,
            question=number,
            file=item.file,
            neighbors=neighbors,
            num_compared=self.neighborhood.num_compared,
            num_train=self.neighborhood.num_train,
        )
        return neighbors

    def _send_failure(self, number: int, error: TlguiError) -> None:
        self.channel.send(SampleNotExplained, question=number, code=error.code, detail=error.detail)


def _questions(job: ExplainJob) -> Iterator[_Question]:
    asked = [*((file, "") for file in job.files), *(("", text) for text in job.texts)]
    for number, (file, text) in enumerate(asked, start=1):
        yield _Question(number=number, file=file, text=text, view=View())


def _parsed(line: str) -> _Question | None:
    try:
        record = json.loads(line)
        return _Question(
            number=int(record["question"]),
            file=_text(record.get("file")),
            text=_text(record.get("text")),
            view=View(target=_text(record.get("target")), against=_text(record.get("against"))),
        )
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, AttributeError):
        log.warning("not a question: %.80s", line)
        return None


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"no text: {value!r:.80}")
    return value
