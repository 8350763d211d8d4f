"""Which columns of a table hold the texts and their kinds."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QWidget

from tlgui.gui.widgets.text import make_label
from tlgui.viewmodels.dataset import DatasetViewModel

MAX_COLUMN_PX = 220


class ColumnChooser(QWidget):
    """Two choices of a DatasetViewModel in one sentence; hidden where there are none."""

    def __init__(self, viewmodel: DatasetViewModel) -> None:
        super().__init__()
        self._viewmodel = viewmodel
        self.texts = self._box(self.tr("Column of the texts"))
        self.kinds = self._box(self.tr("Column of the kinds"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(make_label(self.tr("Texts are in")))
        row.addWidget(self.texts)
        row.addSpacing(8)
        row.addWidget(make_label(self.tr("kinds in")))
        row.addWidget(self.kinds)
        row.addStretch(1)
        self.hide()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel = self._viewmodel
        for box, chosen in (
            (self.texts, viewmodel.text_column),
            (self.kinds, viewmodel.label_column),
        ):
            _show(box, viewmodel.columns, chosen)
        self.setVisible(bool(viewmodel.columns))

    def _box(self, name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setPlaceholderText(self.tr("choose"))
        box.setMaximumWidth(MAX_COLUMN_PX)
        box.setMinimumContentsLength(8)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        box.activated.connect(self._choose)
        return box

    def _choose(self) -> None:
        self._viewmodel.choose_columns(
            self.texts.currentText() if self.texts.currentIndex() >= 0 else "",
            self.kinds.currentText() if self.kinds.currentIndex() >= 0 else "",
        )


def _show(box: QComboBox, columns: tuple[str, ...], chosen: str) -> None:
    with QSignalBlocker(box):
        if tuple(box.itemText(n) for n in range(box.count())) != columns:
            box.clear()
            box.addItems(columns)
        box.setCurrentIndex(columns.index(chosen) if chosen in columns else -1)
