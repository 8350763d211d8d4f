"""Samples that a person asks about, as the model takes them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlgui.core.dataset import Dataset, Sample
from tlgui.core.errors import TlguiError
from tlgui.core.wording import SAMPLES
from tlgui.engine.channel import Channel
from tlgui.engine.data.inputs import FileReader
from tlgui.engine.data.picture_files import digest_of, opened
from tlgui.engine.data.text_encoding import tidy_text
from tlgui.engine.data.text_source import read_texts
from tlgui.engine.data.tokenizer import encodable
from tlgui.engine.data.unreadable import UnreadableFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One of them.

    Attributes:
        file: As it was asked for; "" for a text that was typed.
        path: Of the file that holds it; None for rows of tables and for what was typed.
        true: The class it is known to be, or "".
        content: What a ``FileReader`` makes of it: pixels, or the text.
    """

    file: str
    path: Path | None
    true: str
    content: Any


class SampleFinder:
    """Knows the samples of a run, and reads any other file."""

    def __init__(self, dataset: Dataset, reader: FileReader, channel: Channel) -> None:
        self._dataset = dataset
        self._reader = reader
        self._channel = channel
        self._by_path = {sample.path: sample for sample in dataset.samples}

    def of_text(self, text: str) -> Item:
        """Return a text that was typed.

        Raises:
            TlguiError: the model has no answer to it.
        """
        if self._dataset.modality != "text":
            reason = f"the model is one of {SAMPLES[self._dataset.modality]}"
            raise TlguiError("path_not_usable", path="the text", reason=reason)
        return self._answerable(Item(file="", path=None, true="", content=_tidy(text)))

    def of_file(self, file: str) -> Item:
        """Return a sample of the run by its path in the data set, or what any file holds.

        Raises:
            TlguiError: it cannot be read, is no longer as it was, or the model has no answer.
        """
        sample = self._by_path.get(file) or self._by_path.get(self._relative(file))
        true = self._dataset.classes[sample.label] if sample else ""
        if sample and self._dataset.modality == "text":
            content = _tidy(self._own_text(sample))
            return self._answerable(Item(file=file, path=None, true=true, content=content))
        path = Path(self._dataset.folder, sample.path) if sample else Path(file)
        content = self._read(path, sample.digest if sample else "")
        if isinstance(content, str):
            content = _tidy(content)
        return self._answerable(Item(file=file, path=path, true=true, content=content))

    def _answerable(self, item: Item) -> Item:
        reason = self._reader.why_not(item.content)
        if reason:
            raise TlguiError("path_not_usable", path=item.file or "the text", reason=reason)
        return item

    def _relative(self, file: str) -> str:
        path, folder = Path(file), Path(self._dataset.folder)
        return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else ""

    def _read(self, path: Path, digest: str) -> Any:
        try:
            if digest and _digest_at(path) != digest:
                raise UnreadableFile("it is another picture than before")
            return self._reader.read(path)
        except UnreadableFile as error:
            raise TlguiError("file_damaged", path=str(path), reason=error.reason) from error

    def _own_text(self, sample: Sample) -> str:
        tick = lambda _: self._channel.stop_if_requested()  # noqa: E731
        return next(read_texts(self._dataset, [sample], tick))


def _digest_at(path: Path) -> str:
    with opened(path) as stream:
        return digest_of(stream)


def _tidy(text: str) -> str:
    return encodable(tidy_text(text))
