"""An exported model that answers new files, in a process of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tlgui.core.errors import TlguiError
from tlgui.core.export_formats import EXPORT_FORMATS
from tlgui.engine.channel import Channel
from tlgui.engine.models.answerer import Contents, Told
from tlgui.engine.results.bundle_check import check_bundle
from tlgui.engine.results.bundle_model import BundleInfo, BundleModel, read_bundle


@contextmanager
def open_bundle(folder: Path, channel: Channel) -> Iterator["BundleAnswerer"]:
    """Start the process of a bundle's model and give what asks it.

    Args:
        folder: The bundle's.
        channel: Requests in; a stop ends the process at once.

    Raises:
        TlguiError: the bundle is damaged.
    """
    info = read_bundle(folder)
    check_bundle(folder, EXPORT_FORMATS[info.format].model, channel.stop_if_requested)
    with BundleModel(info) as model, channel.interrupting(model.kill):
        yield BundleAnswerer(info, model, channel)


class BundleAnswerer:
    """Asks the model of a bundle; see ``AnswersFiles``."""

    def __init__(self, info: BundleInfo, model: BundleModel, channel: Channel) -> None:
        self.info = info
        self._model, self._channel = model, channel

    def read(self, path: Path) -> Contents:
        """Return what a file holds."""
        return (self._model.reader.read(path),)

    def of_text(self, text: str) -> Contents:
        """Return what a text holds that was not read from a file of its own."""
        return (text,)

    def why_not(self, contents: Contents) -> str:
        """Return why there can be no answer, or ""."""
        return self._model.reader.why_not(contents[0])

    def told(self, batch: Sequence[Contents]) -> Told:
        """Return the probabilities, and how strange samples are if the bundle's model tells.

        Raises:
            TlguiError: the model does not answer, or not with probabilities.
            JobStopped: a person asked for it.
        """
        try:
            said = self._model(self._model.reader.collate([content for (content,) in batch]))
        except TlguiError:
            self._channel.stop_if_requested()  # which is why it does not answer
            raise
        return Told(probabilities=said.probabilities, strangeness=said.strangeness)
