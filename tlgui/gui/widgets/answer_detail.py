"""One answer beside the others: the file larger, and how probable each kind is."""

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from tlgui.core.wording import percent
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.bar_list import Bar, BarList
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.gallery import pixmap_of
from tlgui.gui.widgets.text import ElidedLabel, make_label, show_text
from tlgui.viewmodels.answer_detail import AnswerDetailViewModel

WIDTH_PX = 256
PICTURE = QSize(WIDTH_PX - 16, 200)


class AnswerDetail(QScrollArea):
    """Draws an AnswerDetailViewModel; hidden while no answer is chosen.

    Attributes:
        more: A column below the answer, for whatever else is known of it.
    """

    def __init__(self, viewmodel: AnswerDetailViewModel, theme: Theme) -> None:
        super().__init__()
        self._viewmodel = viewmodel
        self.setFixedWidth(WIDTH_PX)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.more = QVBoxLayout()
        content = self._content(theme)
        self.setWidget(content)
        content.setAutoFillBackground(False)  # which the line above has changed
        viewmodel.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel, answer = self._viewmodel, self._viewmodel.answer
        self.setVisible(answer is not None)
        if answer is None:
            return
        self._show_picture(answer.thumbnail)
        show_text(self.text, answer.text)
        self.name.show_whole(viewmodel.file.name if viewmodel.file else answer.file)
        show_text(self.headline, viewmodel.headline)
        self.setAccessibleName(viewmodel.headline)
        self.bars.show_bars(
            tuple(
                Bar(
                    name=share.name,
                    fraction=share.probability,
                    value=percent(share.probability),
                    hint=share.name,
                )
                for share in viewmodel.shares
            )
        )
        self.bars.setFixedHeight(self.bars.maximumHeight())  # this column scrolls as a whole
        self.links.setVisible(viewmodel.file is not None)

    def _content(self, theme: Theme) -> QWidget:
        content = QWidget()
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.text = make_label("", "small", wraps=True)
        self.name = ElidedLabel("note")
        self.headline = make_label("", "strong", wraps=True)
        self.bars = BarList(theme, is_inline=True)
        self.bars.setAccessibleName(self.tr("How probable each kind is"))
        self.links = self._links()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        for widget in (self.picture, self.text, self.name, self.headline):
            column.addWidget(widget)
        column.addLayout(self.more)
        column.addWidget(self.bars)
        column.addWidget(self.links)
        column.addStretch(1)
        return content

    def _links(self) -> QWidget:
        links = QWidget()
        self.open_file = make_button(self.tr("Open file"), "link", self._open_file)
        self.show_folder = make_button(self.tr("Show in folder"), "link", self._show_folder)
        row = QHBoxLayout(links)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.open_file)
        row.addWidget(self.show_folder)
        row.addStretch(1)
        return links

    def _show_picture(self, thumbnail: str) -> None:
        pixmap = pixmap_of(thumbnail)
        self.picture.setVisible(not pixmap.isNull())
        if not pixmap.isNull():
            self.picture.setPixmap(_fitting(pixmap, self.devicePixelRatioF()))

    def _open_file(self) -> None:
        if self._viewmodel.file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._viewmodel.file)))

    def _show_folder(self) -> None:
        if self._viewmodel.file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._viewmodel.file.parent)))


def _fitting(pixmap: QPixmap, ratio: float) -> QPixmap:
    """Return a picture as large as there is room for, with as many pixels as the screen has."""
    smooth, whole = Qt.TransformationMode.SmoothTransformation, Qt.AspectRatioMode.KeepAspectRatio
    fitting = pixmap.scaled(PICTURE * ratio, whole, smooth)
    fitting.setDevicePixelRatio(ratio)
    return fitting
