"""Texts in a scan, from files or from the rows of a table."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tlgui.core.dataset import Problem, Sample, Split, TextFacts
from tlgui.core.events import SnippetReady
from tlgui.engine.channel import Channel
from tlgui.engine.data.listing import Entry, Listing
from tlgui.engine.data.near_duplicates import NearDuplicates
from tlgui.engine.data.scan_files import Reading
from tlgui.engine.data.table_rows import damaged
from tlgui.engine.data.text_facts import TextFactsCollector
from tlgui.engine.data.text_files import TextContent, read_text, text_digest
from tlgui.engine.data.text_tables import TextRow, TextTable, row_path
from tlgui.engine.data.token_counts import CountTokens

MAX_SNIPPETS: Final = 2000  # or one of every class, where there are more of those
SNIPPET_CHARS: Final = 300
_STEP_ROWS: Final = 200  # between two looks at requests


class TextSurvey:
    """Takes in texts one after the other: snippets, near-duplicates and facts."""

    def __init__(
        self, classes: Sequence[str], channel: Channel, count_tokens: CountTokens | None
    ) -> None:
        self._classes = classes
        self._channel = channel
        self._knows_tokens = count_tokens is not None
        self._near = NearDuplicates()
        self._facts = TextFactsCollector(len(classes), count_tokens or _count_nothing)
        self._num_snippets: Counter[int] = Counter()
        # a table may be sorted by class, and every class has to be seen
        self._max_of_class = -(-MAX_SNIPPETS // len(classes))

    def add(self, path: str, label: int, text: str) -> None:
        """Take in the next text."""
        self._near.add(text)
        self._facts.add(text, label)
        if self._num_snippets[label] >= self._max_of_class:
            return
        self._num_snippets[label] += 1
        snippet = text.lstrip()[:SNIPPET_CHARS].rstrip()
        name = self._classes[label]
        self._channel.send(SnippetReady, path=path, class_name=name, text=snippet)

    def clusters(self) -> list[str]:
        """Return for each text the name of its near-duplicates, or ""."""
        return [sys.intern(cluster) for cluster in self._near.clusters()]

    def facts(self) -> TextFacts:
        """Return what was measured."""
        facts = self._facts.facts()
        return facts if self._knows_tokens else replace(facts, num_tokens=())


class TextFiles:
    """The ``FileKind`` of files of text; see there."""

    def __init__(self, survey: TextSurvey) -> None:
        self._survey = survey

    def recall(self, paths: Sequence[str], first_number: int) -> Sequence[None]:
        """Return nothing: every text is read, because its words are counted."""
        return [None] * len(paths)

    def read(self, path: str, number: int) -> TextContent:
        """Return the text of a file."""
        return read_text(Path(path))

    def take(self, entry: Entry, class_name: str, content: TextContent) -> Problem | None:
        """Take in a text; nothing is odd about it."""
        self._survey.add(entry.path, entry.label, content.text)
        return None

    def clusters(self) -> Sequence[str]:
        """Return the names of near-duplicates."""
        return self._survey.clusters()

    def facts(self) -> TextFacts:
        """Return what was measured."""
        return self._survey.facts()

    def left_open(self) -> Sequence[Problem]:
        """Return nothing: all of a text is read."""
        return ()


class RowReader:
    """The ``SampleReader`` of a table of texts."""

    def __init__(
        self, listing: Listing, rows: TextTable, survey: TextSurvey, channel: Channel
    ) -> None:
        self._listing = listing
        self._rows = rows
        self._survey = survey
        self._channel = channel
        self._labels = {name: label for label, name in enumerate(listing.classes)}

    def read(self) -> Reading:
        """Read every row; see ``SampleReader``."""
        found: list[tuple[int, int, str, Split | None]] = []
        for row in self._rows.rows(lambda _: self._channel.stop_if_requested()):
            if row.label and not row.reason:
                found.append(self._taken(row))
                if len(found) % _STEP_ROWS == 0:
                    self._step(len(found))
        if len(found) != self._listing.num_rows:
            raise self._changed()
        self._step(len(found))
        clusters = self._survey.clusters()
        samples = [
            Sample(path=row_path(number), label=label, digest=digest, split=split, cluster=cluster)
            for (number, label, digest, split), cluster in zip(found, clusters, strict=True)
        ]
        samples.sort(key=lambda sample: sample.label)
        return Reading(samples=tuple(samples), texts=self._survey.facts())

    def _taken(self, row: TextRow) -> tuple[int, int, str, Split | None]:
        label = self._labels.get(row.label)
        if label is None:
            raise self._changed()
        self._survey.add(row_path(row.number), label, row.text)
        split = row.split if self._listing.presplit else None
        return row.number, label, text_digest(row.text), split

    def _step(self, count: int) -> None:
        self._channel.stop_if_requested()
        self._channel.progress("reading", count, self._listing.num_rows)

    def _changed(self) -> Exception:
        return damaged(self._rows.table.path, "it was changed while it was read")


def _count_nothing(texts: Sequence[str]) -> Sequence[int]:
    return [0] * len(texts)
