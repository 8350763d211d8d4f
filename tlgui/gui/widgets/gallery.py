"""Small pictures with captions; only those on the screen are ever decoded."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QFileInfo,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPixmapCache, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from tlgui.gui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
CACHE_KB = 64_000
CAPTION_PX = 22
GAP_PX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A thumbnail, its caption and the whole file name; without a thumbnail the name shows."""

    thumbnail: str
    caption: str
    file: str


class PicturesListModel(QAbstractListModel):
    """Pictures in the order in which they came."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pictures: list[Picture] = []

    def show_pictures(self, pictures: Sequence[Picture]) -> None:
        """Show these; what was there before stays where it is, with its captions of now."""
        known = len(self.pictures)
        if [p.file for p in pictures] == [p.file for p in self.pictures]:
            changed = [row for row, p in enumerate(pictures) if p != self.pictures[row]]
            self.pictures = list(pictures)
            for row in changed:
                self.dataChanged.emit(self.index(row), self.index(row))
        elif list(pictures[:known]) != self.pictures:
            self.beginResetModel()
            self.pictures = list(pictures)
            self.endResetModel()
        elif len(pictures) > known:
            self.beginInsertRows(QModelIndex(), known, len(pictures) - 1)
            self.pictures.extend(pictures[known:])
            self.endInsertRows()

    def add(self, pictures: Sequence[Picture]) -> None:
        """Append some; for streams, where comparing would cost more with every picture."""
        known = len(self.pictures)
        self.beginInsertRows(QModelIndex(), known, known + len(pictures) - 1)
        self.pictures.extend(pictures)
        self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (as in Qt)
        """Return the number of pictures."""
        return 0 if parent.isValid() else len(self.pictures)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return caption, file name or the picture itself."""
        picture = self.pictures[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return picture
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return picture.caption
        if role == Qt.ItemDataRole.ToolTipRole:
            return picture.file
        return None


class Gallery(QListView):
    """A wrapping grid of pictures, or one row of them."""

    def __init__(
        self, theme: Theme, tile: QSize, *, is_row: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.pictures = PicturesListModel(self)
        self.setModel(self.pictures)
        self._is_row = is_row
        self._tile = tile
        self._painter = _Tile(theme, tile, self)
        self.setItemDelegate(self._painter)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setWrapping(not is_row)
        self.setSpacing(0)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.viewport().setAutoFillBackground(False)
        theme.changed.connect(self.viewport().update)
        QPixmapCache.setCacheLimit(CACHE_KB)
        if is_row:
            self.setFlow(QListView.Flow.LeftToRight)
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setFixedHeight(tile.height() + 14)
        else:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the tiles of a grid fill the width."""
        if not self._is_row:
            width = event.size().width() - 1
            columns = max(1, width // self._tile.width())
            self._painter.tile = QSize(width // columns, self._tile.height())
        super().resizeEvent(event)


class _Tile(QStyledItemDelegate):
    def __init__(self, theme: Theme, tile: QSize, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self.tile = tile

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self.tile

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        picture: Picture = index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect.adjusted(0, 0, -GAP_PX, -GAP_PX)
        frame = rect.adjusted(0, 0, 0, -CAPTION_PX)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_picture(painter, frame, picture)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        color = self._theme.colors.accent if has_focus or is_chosen else self._theme.colors.line
        painter.setPen(QPen(QColor(color), 3 if is_chosen else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        caption = rect.adjusted(2, frame.height() + 4, 0, 0)
        self._paint_words(painter, caption, picture.caption, self._theme.colors.text)
        painter.restore()

    def _paint_picture(self, painter: QPainter, frame: QRect, picture: Picture) -> None:
        path = QPainterPath()
        path.addRoundedRect(QRectF(frame), 8, 8)
        painter.fillPath(path, QColor(self._theme.colors.soft))
        pixmap = pixmap_of(picture.thumbnail)
        if pixmap.isNull():
            words = frame.adjusted(10, 10, -10, -10)
            self._paint_words(painter, words, picture.file, self._theme.colors.muted)
            return
        painter.save()
        painter.setClipPath(path)
        painter.drawPixmap(frame, pixmap, middle_of(pixmap.size(), frame.size()))
        painter.restore()

    def _paint_words(self, painter: QPainter, rect: QRect, words: str, color: str) -> None:
        font = painter.font()
        font.setPixelSize(12)
        painter.setFont(font)
        painter.setPen(QColor(color))
        text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text)


def pixmap_of(file: str) -> QPixmap:
    """Return the picture of a file, decoded once; a null one where it cannot be."""
    if not file:
        return QPixmap()
    # a new run may have the name, and so the files, of one that was discarded
    key = f"{file} {QFileInfo(file).lastModified().toMSecsSinceEpoch()}"
    cached = QPixmap()
    if not QPixmapCache.find(key, cached):
        cached = QPixmap(file)
        QPixmapCache.insert(key, cached)
    return cached


def middle_of(size: QSize, frame: QSize) -> QRect:
    """Return the part of a picture that fills a frame without distortion."""
    part = frame.scaled(size, Qt.AspectRatioMode.KeepAspectRatio)
    left, top = (size.width() - part.width()) // 2, (size.height() - part.height()) // 2
    return QRect(left, top, part.width(), part.height())
