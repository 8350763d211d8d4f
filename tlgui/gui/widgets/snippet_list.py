"""Beginnings of texts; only those on the screen are ever laid out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QTextLayout
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from tlgui.core.events import SnippetReady
from tlgui.gui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
GAP_PX: Final = 8
PADDING_PX: Final = 12
CAPTION_PX: Final = 20
MAX_DRAWN: Final = 600  # characters; more than any card has room for
ROW_LINES: Final = 2
CARD: Final = QSize(312, 142)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """The beginning of a text, what it is, and where it came from."""

    text: str
    caption: str
    file: str


class SnippetsListModel(QAbstractListModel):
    """Snippets in the order in which they came, as a view of somebody's list."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: object = None
        self.snippets: list[Snippet] = []

    def show_snippets(self, snippets: Sequence[Snippet]) -> None:
        """Show these and no others; what was there before stays, with its captions of now."""
        if [s.file for s in snippets] == [s.file for s in self.snippets]:
            changed = [row for row, s in enumerate(snippets) if s != self.snippets[row]]
            self.snippets = list(snippets)
            for row in changed:
                self.dataChanged.emit(self.index(row), self.index(row))
        elif list(snippets) != self.snippets:
            self.beginResetModel()
            self.snippets = list(snippets)
            self.endResetModel()

    def follow(self, found: list[SnippetReady]) -> None:
        """Show what a scan found; a longer version of the same list only adds."""
        if found is not self._source:
            self.beginResetModel()
            self._source, self.snippets = found, []
            self.endResetModel()
        known = len(self.snippets)
        if len(found) > known:
            self.beginInsertRows(QModelIndex(), known, len(found) - 1)
            self.snippets.extend(
                Snippet(text=s.text, caption=s.class_name, file=s.path) for s in found[known:]
            )
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (as in Qt)
        """Return the number of snippets."""
        return 0 if parent.isValid() else len(self.snippets)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the text, what a screen reader says, or the snippet itself."""
        snippet = self.snippets[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return snippet
        if role == Qt.ItemDataRole.DisplayRole:
            return snippet.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{snippet.caption}: {snippet.text or snippet.file}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return snippet.file
        return None


class SnippetList(QListView):
    """Texts below each other, or cards in one row."""

    def __init__(
        self, theme: Theme, *, is_row: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.snippets = SnippetsListModel(self)
        self.setModel(self.snippets)
        self.setItemDelegate(_SnippetDelegate(theme, is_row, self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.viewport().setAutoFillBackground(False)
        theme.changed.connect(self.viewport().update)
        if is_row:
            self.setFlow(QListView.Flow.LeftToRight)
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setFixedHeight(CARD.height() + 14)
        else:
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


class _SnippetDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, is_card: bool, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_card = is_card

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        if self._is_card:
            return CARD
        lines = option.fontMetrics.lineSpacing() * ROW_LINES
        return QSize(100, lines + CAPTION_PX + 2 * PADDING_PX - 4 + GAP_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        snippet: Snippet = index.data(Qt.ItemDataRole.UserRole)
        colors = self._theme.colors
        frame: QRect = option.rect.adjusted(0, 0, -GAP_PX, -GAP_PX)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        color = colors.accent if has_focus or is_chosen else colors.line
        painter.setPen(QPen(QColor(color), 2 if is_chosen else 1))
        painter.setBrush(QColor(colors.panel))
        painter.drawRoundedRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        inside = frame.adjusted(PADDING_PX, PADDING_PX - 2, -PADDING_PX, -PADDING_PX + 2)
        self._paint_caption(painter, inside, snippet)
        below = inside.adjusted(0, CAPTION_PX, 0, 0)
        painter.setFont(option.font)
        painter.setPen(QColor(colors.text if snippet.text else colors.muted))
        _paint_lines(painter, below, " ".join((snippet.text or snippet.file)[:MAX_DRAWN].split()))
        painter.restore()

    def _paint_caption(self, painter: QPainter, inside: QRect, snippet: Snippet) -> None:
        font = painter.font()
        font.setPixelSize(12)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        top = Qt.AlignmentFlag.AlignTop
        file_px = 0
        if snippet.text and not self._is_card:
            file_px = min(metrics.horizontalAdvance(snippet.file) + 2, inside.width() // 2)
            file = metrics.elidedText(snippet.file, Qt.TextElideMode.ElideMiddle, file_px)
            painter.setPen(QColor(self._theme.colors.muted))
            painter.drawText(inside, top | Qt.AlignmentFlag.AlignRight, file)
        room = inside.width() - file_px - GAP_PX
        caption = metrics.elidedText(snippet.caption, Qt.TextElideMode.ElideRight, room)
        painter.setPen(QColor(self._theme.colors.accent))
        painter.drawText(inside, top | Qt.AlignmentFlag.AlignLeft, caption)


def _paint_lines(painter: QPainter, room: QRect, text: str) -> None:
    """Draw as many whole lines as there is room for; the last one ends with dots."""
    metrics = painter.fontMetrics()
    num_lines = max(1, room.height() // metrics.lineSpacing())
    for number, line in enumerate(_lines(text, painter, room.width(), num_lines)):
        place = QRect(room.left(), room.top() + number * metrics.lineSpacing(), room.width(), 40)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, line)


def _lines(text: str, painter: QPainter, width: int, num_lines: int) -> list[str]:
    layout = QTextLayout(text, painter.font())
    layout.beginLayout()
    starts: list[int] = []
    while len(starts) < num_lines:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        starts.append(line.textStart())
    layout.endLayout()
    ends = [*starts[1:], len(text)]
    lines = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    return [_elided(line, painter.fontMetrics(), width) for line in lines]


def _elided(line: str, metrics: QFontMetrics, width: int) -> str:
    return metrics.elidedText(line.strip(), Qt.TextElideMode.ElideRight, width)
