"""The answers of a model: a gallery of pictures or a table of texts, and what is shown of them."""

from PySide6.QtCore import QModelIndex, QSignalBlocker, QSize, Signal
from PySide6.QtWidgets import QListView, QVBoxLayout, QWidget

from tlgui.core.dataset import Modality
from tlgui.core.events import SamplePredicted
from tlgui.core.wording import percent
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.answers_table import AnswersTable
from tlgui.gui.widgets.choice_box import ChoiceBox
from tlgui.gui.widgets.gallery import Gallery, Picture
from tlgui.viewmodels.answer_list import ALL, NOT_SURE, UNFAMILIAR, AnswerList, class_of

TILE = QSize(150, 146)


class AnswerView(QWidget):
    """Draws an AnswerList."""

    chosen = Signal(int)  # row of what is shown, -1 for none
    filter_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.filter = ChoiceBox()
        self.filter.setAccessibleName(self.tr("Which answers are shown"))
        self.filter.activated.connect(self._on_filter)
        self.gallery = Gallery(theme, TILE)
        self.gallery.setAccessibleName(self.tr("Answers"))
        self.gallery.setSizeAdjustPolicy(QListView.SizeAdjustPolicy.AdjustIgnored)
        self.gallery.setMinimumHeight(TILE.height())
        self.table = AnswersTable()
        self._shown: list[SamplePredicted] = []
        self._keys: list[str] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.filter)
        for view in (self.gallery, self.table):
            column.addWidget(view, 1)
            view.selectionModel().currentChanged.connect(self._on_current)

    def show_answers(self, answers: AnswerList, modality: Modality) -> None:
        """Show what the filter lets through; a longer version of the same list only adds."""
        self._show_filter(answers)
        self.gallery.setVisible(modality == "image")
        self.table.setVisible(modality == "text")
        if modality == "text":
            self.table.answers.show_rows(answers.shown)
        else:
            self._show_pictures(answers.shown)

    def _show_pictures(self, shown: list[SamplePredicted]) -> None:
        pictures = self.gallery.pictures
        known = pictures.rowCount()
        if shown is not self._shown or len(shown) < known:
            self._shown = shown
            with QSignalBlocker(self.gallery.selectionModel()):
                pictures.show_pictures([self._picture(answer) for answer in shown])
        elif len(shown) > known:
            pictures.add([self._picture(answer) for answer in shown[known:]])

    def _picture(self, answer: SamplePredicted) -> Picture:
        words = f"{answer.predicted} · {percent(answer.probability)}"
        if answer.is_unfamiliar:
            words = self.tr("unfamiliar · {answer}").format(answer=words)
        elif not answer.is_sure:
            words = self.tr("? {answer}").format(answer=words)
        return Picture(thumbnail=answer.thumbnail, caption=words, file=answer.file)

    def _show_filter(self, answers: AnswerList) -> None:
        counts = answers.counts
        self.filter.setVisible(len(counts) > 2 or not {UNFAMILIAR, NOT_SURE}.isdisjoint(counts))
        if self._keys != [*counts]:
            self._keys = [*counts]
            self.filter.clear()
            self.filter.addItems([""] * len(counts))
        for row, (key, count) in enumerate(counts.items()):
            self.filter.setItemText(row, f"{self._words(key)} ({count:,})")
        if answers.filter in self._keys:
            self.filter.setCurrentIndex(self._keys.index(answers.filter))

    def _words(self, key: str) -> str:
        names = {
            ALL: self.tr("All answers"),
            UNFAMILIAR: self.tr("Unlike anything it was trained on"),
            NOT_SURE: self.tr("Not sure"),
        }
        return names.get(key) or class_of(key)

    def _on_filter(self, row: int) -> None:
        self.filter_chosen.emit(self._keys[row])

    def _on_current(self, current: QModelIndex) -> None:
        self.chosen.emit(current.row())
