"""A quiet row: what a run took, and what can be saved of it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.text import ElidedLabel
from tlgui.viewmodels.documents import DocumentsViewModel


class DocumentRow(QWidget):
    """Draws a DocumentsViewModel; failures are shown by the page."""

    target_wanted = Signal(str)  # the document

    def __init__(self, viewmodel: DocumentsViewModel) -> None:
        super().__init__()
        self._viewmodel = viewmodel
        self.note = ElidedLabel("note")
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.report = make_button(self.tr("Save report"), "small link", self._want_report)
        self.report.setToolTip(self.tr("One page with everything, to read, print and send"))
        self.script = make_button(self.tr("Save script"), "small link", self._want_script)
        self.script.setToolTip(self.tr("Python that trains the same model without tlgui"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.note, 1)
        row.addWidget(self.report)
        row.addWidget(self.script)
        viewmodel.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel = self._viewmodel
        self.note.show_whole(viewmodel.note)
        if viewmodel.note and viewmodel.written is None:
            self.note.setToolTip(viewmodel.energy_basis)
        for button in (self.report, self.script):
            button.setEnabled(viewmodel.run is not None and not viewmodel.is_busy)

    def _want_report(self) -> None:
        self.target_wanted.emit("report")

    def _want_script(self) -> None:
        self.target_wanted.emit("script")
