"""Why the model answered as it did: what counted, and what it is like."""

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from tlgui.core.explanation import Neighbor
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.choice_box import ChoiceBox
from tlgui.gui.widgets.gallery import Gallery, Picture, pixmap_of
from tlgui.gui.widgets.notice import FailureNotice
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.pills import width_when_down
from tlgui.gui.widgets.progress_line import ProgressLine
from tlgui.gui.widgets.snippet_list import Snippet, SnippetList
from tlgui.gui.widgets.text import MAX_TEXT_PX, make_label, show_text
from tlgui.gui.widgets.word_view import WordView
from tlgui.viewmodels.explanation import ExplanationViewModel

PICTURE_PX = 320
NARROW_PX = 232
SMALLEST_PX = 160
TILE = QSize(118, 110)
WORDS_PX = 72  # at least
TEXTS_PX = 150  # at least: two of them


class ExplanationPanel(Panel):
    """Draws an ExplanationViewModel; hidden while nobody asks why."""

    def __init__(
        self,
        viewmodel: ExplanationViewModel,
        theme: Theme,
        *,
        is_narrow: bool = False,
        of_typed: bool = False,
    ) -> None:
        """Prepare.

        Args:
            viewmodel: What it draws.
            theme: Colors.
            is_narrow: A column without a frame, for a place beside others.
            of_typed: Shows reasons for texts that were typed, and for nothing else.
        """
        super().__init__()
        self._viewmodel, self._of_typed = viewmodel, of_typed
        self._build_answer()
        self._build_neighbors(theme)
        self.picture = _Picture(NARROW_PX if is_narrow else PICTURE_PX)
        self.words = WordView(theme)
        self.words.setAccessibleName(self.tr("The text, its words shaded"))
        _yield(self.words, WORDS_PX)
        if is_narrow:
            self.setProperty("role", "")
            self.column.setContentsMargins(0, 0, 0, 0)
        self._arrange(QVBoxLayout() if is_narrow else QHBoxLayout())
        viewmodel.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel = self._viewmodel
        is_shown = viewmodel.is_open and bool(viewmodel.typed) == self._of_typed
        self.setVisible(is_shown)
        if not is_shown:
            return
        is_text = viewmodel.modality == "text"
        has_answer = viewmodel.explanation is not None
        self.headline.setText(viewmodel.headline)
        show_text(self.title, viewmodel.title)
        show_text(self.finding, viewmodel.finding)
        show_text(self.note, viewmodel.note)
        self.failure.show_failure(viewmodel.failure)
        if viewmodel.waiting_words and viewmodel.progress is None:
            self.progress.show_words(viewmodel.waiting_words)
        else:
            self.progress.show_progress(viewmodel.progress, viewmodel.pace)
        self._show_picture(viewmodel.picture)
        self.picture.setVisible(not is_text)
        self.words.setVisible(is_text and has_answer)
        self.words.show_words(viewmodel.explanation)
        self.heat.setVisible(has_answer and not is_text)
        self.heat.setChecked(viewmodel.shows_heat)
        self._offer(viewmodel.others, viewmodel.against)
        self._show_neighbors(viewmodel.neighbors)

    def _show_picture(self, file: str) -> None:
        self.picture.show_file(file)
        self.picture.setAccessibleName(f"{self._viewmodel.title}. {self._viewmodel.finding}")

    def _offer(self, names: tuple[str, ...], chosen: str) -> None:
        """Show what the answer can be compared with; the first entry is all others."""
        self.others.setVisible(bool(names))
        entries = (self.tr("Why not …"), *names)
        with QSignalBlocker(self.others):
            if entries != tuple(self.others.itemText(i) for i in range(self.others.count())):
                self.others.clear()
                self.others.addItems(entries)
            self.others.setCurrentIndex(entries.index(chosen) if chosen in names else 0)

    def _show_neighbors(self, neighbors: tuple[Neighbor, ...]) -> None:
        viewmodel = self._viewmodel
        is_text = viewmodel.modality == "text"
        show_text(self.pictures_title, "" if is_text else viewmodel.neighbors_title)
        show_text(self.texts_title, viewmodel.neighbors_title if is_text else "")
        show_text(self.neighbors_note, viewmodel.neighbors_note)
        self.gallery.setVisible(bool(neighbors) and not is_text)
        self.near_texts.setVisible(bool(neighbors) and is_text)
        captions = [viewmodel.caption(neighbor) for neighbor in neighbors]
        if is_text:
            self.texts.snippets.show_snippets(
                [
                    Snippet(text=n.text, caption=caption, file=n.file)
                    for n, caption in zip(neighbors, captions, strict=True)
                ]
            )
        else:
            self.gallery.pictures.show_pictures(
                [
                    Picture(thumbnail=n.thumbnail, caption=caption, file=n.file)
                    for n, caption in zip(neighbors, captions, strict=True)
                ]
            )

    def _build_answer(self) -> None:
        viewmodel = self._viewmodel
        self.headline = make_label("", "strong", wraps=True)
        self.title = make_label("", "note", wraps=True)
        self.finding = make_label("", "", wraps=True)
        self.note = make_label("", "note", wraps=True)
        for label in (self.title, self.finding, self.note):
            label.setMaximumWidth(MAX_TEXT_PX)
        self.failure = FailureNotice()
        self.progress = ProgressLine()
        self.heat = make_button(self.tr("Heat map"), "pill", self._toggle_heat)
        self.heat.setCheckable(True)
        self.heat.setMinimumWidth(width_when_down(self.heat))
        self.others = ChoiceBox()
        self.others.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.others.setMinimumContentsLength(12)
        self.others.setAccessibleName(self.tr("Why not another kind"))
        self.others.activated.connect(self._compare)
        self.close_button = make_button(self.tr("Close"), "link", viewmodel.hide)
        self.close_button.setToolTip(self.tr("Esc"))

    def _build_neighbors(self, theme: Theme) -> None:
        self.neighbors_note = make_label("", "note", wraps=True)
        self.pictures_title = make_label("", "note", wraps=True)
        self.gallery = Gallery(theme, TILE, is_row=True)
        self.gallery.setAccessibleName(self.tr("Similar pictures that it learned from"))
        self.texts_title = make_label("", "note", wraps=True)
        self.texts = SnippetList(theme)
        self.texts.setAccessibleName(self.tr("Similar texts that it learned from"))
        _yield(self.texts, TEXTS_PX)
        self.near_texts = QWidget()
        column = QVBoxLayout(self.near_texts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.texts_title)
        column.addWidget(self.texts, 1)

    def _arrange(self, row: QBoxLayout) -> None:
        row.setSpacing(24 if row.direction() == QBoxLayout.Direction.LeftToRight else 8)
        row.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._answer_column(), 4)
        row.addWidget(self.near_texts, 3)
        self.column.addLayout(row, 1)

    def _answer_column(self) -> QVBoxLayout:
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.headline, 1)
        top.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        choices = QHBoxLayout()
        choices.setSpacing(8)
        choices.addWidget(self.heat)
        choices.addWidget(self.others)
        choices.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.title)
        column.addWidget(self.finding)
        column.addLayout(choices)
        column.addWidget(self.words, 1)
        for widget in (self.failure, self.progress, self.note, self.pictures_title, self.gallery):
            column.addWidget(widget)
        column.addWidget(self.neighbors_note)
        column.addStretch(0)
        return column

    def _toggle_heat(self) -> None:
        self._viewmodel.show_heat(self.heat.isChecked())

    def _compare(self, index: int) -> None:
        self._viewmodel.compare_with(self.others.itemText(index) if index else "")


def _yield(widget: QWidget, smallest_px: int) -> None:
    """Let a widget that scrolls take what room there is, instead of asking for some."""
    widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
    widget.setMinimumHeight(smallest_px)


class _Picture(QLabel):
    """A picture as large as there is room for, with as many pixels as the screen has."""

    def __init__(self, side_px: int) -> None:
        super().__init__()
        self._file = ""
        self._side_px = side_px
        self.setFixedWidth(side_px)
        self.setMinimumHeight(min(side_px, SMALLEST_PX))
        self.setMaximumHeight(side_px)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)

    def show_file(self, file: str) -> None:
        """Show the picture of a file; "" shows none."""
        if file != self._file:
            self._file = file
            self._fit()

    def sizeHint(self) -> QSize:
        """Return the room for all of it."""
        return QSize(self._side_px, self._side_px)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the picture to the new height."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        pixmap = pixmap_of(self._file)
        if not pixmap.isNull():
            smooth = Qt.TransformationMode.SmoothTransformation
            whole, ratio = Qt.AspectRatioMode.KeepAspectRatio, self.devicePixelRatioF()
            pixmap = pixmap.scaled(self.size() * ratio, whole, smooth)
            pixmap.setDevicePixelRatio(ratio)
        self.setPixmap(pixmap)
