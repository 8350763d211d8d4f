"""Samples that nobody labeled: files, the files of folders, and the rows of tables."""

import logging
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tlgui.core.errors import TlguiError
from tlgui.core.wording import error_sentence
from tlgui.engine.data.features import BATCH_SIZE
from tlgui.engine.data.images import decode, write_thumbnail
from tlgui.engine.data.parallel import map_ahead
from tlgui.engine.data.table_formats import FORMATS
from tlgui.engine.data.table_rows import Tick
from tlgui.engine.data.text_tables import row_path, unlabeled_texts
from tlgui.engine.data.unreadable import UnreadableFile
from tlgui.engine.models.answerer import Contents
from tlgui.engine.results.model_in_use import ModelInUse

log = logging.getLogger(__name__)

MAX_THUMBNAILS: Final = 300
THUMBNAIL_PX: Final = 320  # one alone is shown at about this size


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSample:
    """What a file or a row holds, or the reason why it holds nothing.

    Attributes:
        name: Path of the file, or of a table and the row.
        contents: What the model's reader gave.
        text: The text of it, "" of a picture.
        reason: Why there is no answer to it, "" where there is one.
        thumbnail: Absolute path of its small picture, "" for none.
    """

    name: str
    contents: Contents = ()
    text: str = ""
    reason: str = ""
    thumbnail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSamples:
    """Samples in the order in which they were given.

    Attributes:
        paths: Files, none of them a folder.
        model: Says what a sample is and reads it.
        thumbnails: Folder for small pictures of the first files; None writes none.
    """

    paths: Sequence[Path]
    model: ModelInUse
    thumbnails: Path | None = None

    @property
    def total(self) -> int:
        """How many samples there are; 0 where the rows of a table would have to be counted."""
        return 0 if any(map(self._is_table, self.paths)) else len(self.paths)

    def samples(self, tick: Tick) -> Generator[NewSample, None, None]:
        """Yield them; a few files are read ahead, so memory does not grow with their number."""
        if self.model.modality == "image":
            if self.thumbnails:
                self.thumbnails.mkdir(parents=True, exist_ok=True)
            with closing(map_ahead(self._picture, enumerate(self.paths), BATCH_SIZE)) as pictures:
                for done, picture in enumerate(pictures):
                    tick(done)
                    yield picture
            return
        for path in self.paths:
            tick(0)
            if self._is_table(path):
                yield from self._rows_of(path, tick)
            else:
                yield self._file(path)

    def _picture(self, numbered: tuple[int, Path]) -> NewSample:
        number, path = numbered
        return self._file(path, self._thumbnail(path, number))

    def _file(self, path: Path, thumbnail: str = "") -> NewSample:
        answerer = self.model.answerer
        try:
            contents = answerer.read(path)
        except UnreadableFile as error:
            return NewSample(name=str(path), reason=error.reason)
        return NewSample(
            name=str(path),
            contents=contents,
            text=contents[0] if isinstance(contents[0], str) else "",
            reason=answerer.why_not(contents),
            thumbnail=thumbnail,
        )

    def _thumbnail(self, path: Path, number: int) -> str:
        if self.thumbnails is None or number >= MAX_THUMBNAILS:
            return ""
        file = self.thumbnails.absolute() / f"{number:05}.jpg"
        try:
            write_thumbnail(decode(path, THUMBNAIL_PX).pixels, file, THUMBNAIL_PX)
        except UnreadableFile:  # said of the file itself
            return ""
        except OSError:  # a full disk is met where the table is written
            log.warning("cannot write the thumbnail %s", file, exc_info=True)
            return ""
        return str(file)

    def _rows_of(self, path: Path, tick: Tick) -> Iterator[NewSample]:
        answerer = self.model.answerer
        try:
            for number, text, reason in unlabeled_texts(path, self.model.text_column, tick):
                contents = answerer.of_text(text)
                yield NewSample(
                    name=f"{path} {row_path(number)}",
                    contents=contents,
                    text=text,
                    reason=reason or answerer.why_not(contents),
                )
        except TlguiError as error:
            # the answers of other files are not lost because of this one
            reason = str(error.detail.get("reason", error_sentence(error.code, error.detail)))
            yield NewSample(name=str(path), reason=reason)

    def _is_table(self, path: Path) -> bool:
        return self.model.modality == "text" and path.suffix.lower() in FORMATS
