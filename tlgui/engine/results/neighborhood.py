"""The training samples of a run that its model finds most like a sample, for people to see."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tlgui.core import durable
from tlgui.core.dataset import Sample
from tlgui.core.errors import TlguiError
from tlgui.core.explanation import Neighbor
from tlgui.engine.channel import Channel
from tlgui.engine.data.images import decode, thumbnail_bytes
from tlgui.engine.data.text_inputs import RawTexts
from tlgui.engine.data.text_source import read_texts
from tlgui.engine.data.unreadable import UnreadableFile
from tlgui.engine.models.classifiers import open_inputs
from tlgui.engine.results.explained_samples import Item
from tlgui.engine.results.neighbors import (
    CHUNK,
    Features,
    NeighborSearch,
    Quiet,
    feature_chunks,
    some_samples,
)
from tlgui.engine.results.opened_run import OpenedRun
from tlgui.engine.training.word_count_solver import texts_of

SNIPPET_LENGTH: Final = 300
THUMBNAIL_PX: Final = 160


class Neighborhood:
    """Compares samples with the training samples of a run.

    Attributes:
        num_train: How many training samples there are.
        num_compared: How many of them are compared.
    """

    def __init__(self, opened: OpenedRun, folder: Path, channel: Channel) -> None:
        """Prepare; nothing is computed yet.

        Args:
            opened: Whose samples they are.
            folder: Where small pictures go.
            channel: Events out, requests in.
        """
        self._opened = opened
        self._folder = folder
        self._quiet = Quiet(channel)
        train = opened.dataset.of_split("train")
        samples = some_samples(train, opened.model.features, opened.plan.seed)
        self.num_train, self.num_compared = len(train), len(samples)
        self._search = NeighborSearch(samples, self._chunks(samples), channel)

    def complete(self, is_enough: Callable[[], bool] = lambda: False) -> bool:
        """Look at the training samples; see ``NeighborSearch.complete``."""
        return self._search.complete(is_enough)

    def of_item(self, item: Item) -> tuple[Neighbor, ...]:
        """Return the most similar training samples, the nearest first, once all were looked at.

        Raises:
            TlguiError: a small picture cannot be written.
        """
        opened = self._opened
        query = opened.model.features(opened.reader.collate([item.content]))
        found = self._search.nearest(query)
        is_text = opened.dataset.modality == "text"
        snippets = self._snippets([sample for sample, _ in found]) if is_text else {}
        return tuple(
            Neighbor(
                file=sample.path,
                class_name=opened.dataset.classes[sample.label],
                distance=distance,
                thumbnail="" if is_text else self._thumbnail(sample),
                text=snippets.get(sample.path, ""),
            )
            for sample, distance in found
        )

    def _chunks(self, samples: Sequence[Sample]) -> Iterator[Features]:
        opened, quiet = self._opened, self._quiet
        if not opened.model.counts_words:
            inputs = open_inputs(opened.dataset, opened.plan, opened.library, quiet)
            yield from feature_chunks(opened.model.features, inputs, samples, quiet)
            return
        texts = texts_of(RawTexts(opened.dataset, quiet), samples)
        for start in range(0, len(texts), CHUNK):
            yield opened.model.features(texts[start : start + CHUNK])

    def _thumbnail(self, sample: Sample) -> str:
        """Return the file of a small picture, or "" where the picture is gone."""
        file = self._folder / "neighbors" / f"{sample.digest[:32]}.jpg"
        if not file.exists():
            try:
                picture = decode(Path(self._opened.dataset.folder, sample.path), THUMBNAIL_PX)
            except UnreadableFile:
                return ""
            durable.make_folder(file.parent)
            durable.replace_file(file, thumbnail_bytes(picture.pixels, THUMBNAIL_PX))
        return str(file)

    def _snippets(self, samples: Sequence[Sample]) -> dict[str, str]:
        """Return the beginnings of texts by path, of none where one is gone by now."""
        try:
            texts = read_texts(self._opened.dataset, samples, lambda _: None)
            return {s.path: t[:SNIPPET_LENGTH] for s, t in zip(samples, texts, strict=True)}
        except TlguiError:
            return {}
