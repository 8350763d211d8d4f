"""A model that stays loaded and answers texts while they are typed."""

import json
import logging
from typing import NamedTuple

from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import is_unfamiliar
from tlgui.core.events import AnswersReady, TextAnswered
from tlgui.core.run_folder import RunFolder
from tlgui.core.wording import SAMPLES
from tlgui.engine.channel import Channel
from tlgui.engine.data.text_encoding import tidy_text
from tlgui.engine.models.answerer import open_answerer
from tlgui.engine.models.library import PresetLibrary

log = logging.getLogger(__name__)


def answer_texts(run: RunFolder, library: PresetLibrary, channel: Channel) -> None:
    """Answer questions until a person has had enough.

    Raises:
        TlguiError: the run's model is not one of texts, or has no result yet.
        JobStopped: in the end, always.
    """
    dataset = run.read_dataset()
    if dataset.modality != "text":
        reason = f"its model is one of {SAMPLES[dataset.modality]}"
        raise TlguiError("path_not_usable", path=str(run.path), reason=reason)
    answerer = open_answerer(run, library)
    answerer.told([answerer.of_text("a")])  # the first answer of a compiled graph takes seconds
    channel.send(AnswersReady, classes=dataset.classes)
    while True:
        question = _parsed(channel.next_question())
        if question is None:
            continue
        contents = answerer.of_text(question.text)
        rows = [] if answerer.why_not(contents) else [*answerer.told([contents]).rows()]
        num_tokens, num_cut = answerer.num_tokens(question.text)
        channel.send(
            TextAnswered,
            question=question.number,
            probabilities=tuple(float(p) for row, _ in rows for p in row),
            num_tokens=num_tokens,
            num_cut=num_cut,
            is_unfamiliar=any(is_unfamiliar(strangeness) for _, strangeness in rows),
        )


class _Question(NamedTuple):
    number: int
    text: str


def _parsed(line: str) -> _Question | None:
    try:
        record = json.loads(line)
        return _Question(number=int(record["question"]), text=tidy_text(record["text"]))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, AttributeError):
        log.warning("not a question: %.80s", line)
        return None
