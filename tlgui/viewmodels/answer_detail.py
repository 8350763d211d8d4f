"""One answer of a model, looked at closely."""

from pathlib import Path

from tlgui.core.dataset import Modality
from tlgui.core.events import SamplePredicted, Share
from tlgui.core.run_folder import RunFolder
from tlgui.core.wording import percent
from tlgui.viewmodels.view_model import ViewModel


class AnswerDetailViewModel(ViewModel):
    """The answer that a person has chosen, and all that is known of it.

    Attributes:
        run: Whose model gave it; None as long as there is none.
        modality: What it is an answer to.
        answer: The answer; None while none is chosen.
    """

    def __init__(self) -> None:
        super().__init__()
        self.run: RunFolder | None = None
        self.modality: Modality = "image"
        self.answer: SamplePredicted | None = None

    def open_run(self, run: RunFolder, modality: Modality) -> None:
        """Look at answers of this run's model from now on."""
        self.run, self.modality = run, modality
        self.choose(None)

    def choose(self, answer: SamplePredicted | None) -> None:
        """Look at an answer, or at none."""
        if answer is not self.answer:
            self.answer = answer
            self.announce_now()

    @property
    def file(self) -> Path | None:
        """The file that was asked about; None where it is a row of a table."""
        if self.answer is None or not Path(self.answer.file).is_file():
            return None
        return Path(self.answer.file)

    @property
    def headline(self) -> str:
        """The answer in a few words."""
        if self.answer is None:
            return ""
        name, probability = self.answer.predicted, self.answer.probability
        if self.answer.is_unfamiliar:
            text = self.tr("Unlike anything it was trained on, perhaps {name}")
            return text.format(name=name)
        if not self.answer.is_sure:
            return self.tr("Not sure, perhaps {name}").format(name=name)
        return self.tr("{name}, {percent} sure").format(name=name, percent=percent(probability))

    @property
    def shares(self) -> tuple[Share, ...]:
        """How probable the classes are, the most probable one first; of many only the first."""
        return self.answer.shares if self.answer else ()
