"""The table of what a model said about files."""

from pathlib import PurePath

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from tlgui.core.events import SamplePredicted
from tlgui.core.wording import percent

Index = QModelIndex | QPersistentModelIndex
ROW_PX = 32


class AnswersTableModel(QAbstractTableModel):
    """File, answer and probability of each sample, as a view of the view-model's rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[SamplePredicted] = []
        self._count = 0

    def show_rows(self, rows: list[SamplePredicted]) -> None:
        """Show these rows; a longer version of the same list only adds."""
        if rows is not self._rows or len(rows) < self._count:
            self.beginResetModel()
            self._rows, self._count = rows, len(rows)
            self.endResetModel()
        elif len(rows) > self._count:
            self.beginInsertRows(QModelIndex(), self._count, len(rows) - 1)
            self._count = len(rows)
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (as in Qt)
        """Return the number of files."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (as in Qt)
        """Return the number of columns."""
        return 0 if parent.isValid() else 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell says."""
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.file
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        answer = row.predicted
        if row.is_unfamiliar:
            answer = self.tr("unfamiliar, perhaps {name}").format(name=row.predicted)
        elif not row.is_sure:
            answer = self.tr("not sure, perhaps {name}").format(name=row.predicted)
        return (PurePath(row.file).name, answer, percent(row.probability))[index.column()]

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return the name of a column."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (self.tr("File"), self.tr("Answer"), self.tr("How sure"))[section]


class AnswersTable(QTableView):
    """Draws the rows of a PredictionViewModel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.answers = AnswersTableModel(self)
        self.setModel(self.answers)
        self.setAccessibleName(self.tr("Answers"))
        self.setShowGrid(False)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.viewport().setAutoFillBackground(False)
        header = self.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        self.setColumnWidth(1, 220)
        self.setColumnWidth(2, 90)

    def sizeHint(self) -> QSize:
        """Return little: it takes what room the page has left."""
        return QSize(super().sizeHint().width(), 4 * ROW_PX)
