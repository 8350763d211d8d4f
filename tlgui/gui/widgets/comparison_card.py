"""A card of the result page: this run beside another one."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.notice import FailureNotice
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.sample_view import SampleView
from tlgui.gui.widgets.text import MAX_TEXT_PX, make_label, show_text
from tlgui.viewmodels.comparison import ComparisonViewModel


class ComparisonCard(Panel):
    """Draws a ComparisonViewModel."""

    def __init__(self, viewmodel: ComparisonViewModel, theme: Theme) -> None:
        super().__init__()
        self._viewmodel = viewmodel
        self.others = QComboBox()
        self.others.setPlaceholderText(self.tr("Choose another run"))
        self.others.setAccessibleName(self.tr("Another run"))
        self.others.setMinimumWidth(240)
        self.others.activated.connect(viewmodel.choose)
        self.failure = FailureNotice()
        self.invitation = make_label("", wraps=True)
        self.sentence = make_label("", "strong", wraps=True)
        self.differences = make_label("", wraps=True)
        self.title = make_label("", "note")
        for label in (self.invitation, self.sentence, self.differences):
            label.setMaximumWidth(MAX_TEXT_PX)
        self.samples = SampleView(
            theme,
            self.tr("Pictures that only one run gets right"),
            self.tr("Texts that only one run gets right"),
        )
        self._arrange()
        viewmodel.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel = self._viewmodel
        with QSignalBlocker(self.others):
            if viewmodel.names != tuple(
                self.others.itemText(i) for i in range(self.others.count())
            ):
                self.others.clear()
                self.others.addItems(viewmodel.names)
            chosen = viewmodel.others.index(viewmodel.other) if viewmodel.other else -1
            self.others.setCurrentIndex(chosen)
        self.others.setVisible(bool(viewmodel.others))
        self.failure.show_failure(viewmodel.failure)
        show_text(self.invitation, viewmodel.invitation)
        show_text(self.sentence, viewmodel.sentence)
        show_text(self.differences, "\n".join(viewmodel.differences))
        show_text(self.title, viewmodel.gallery_title)
        self.samples.show_samples(viewmodel.gallery, viewmodel.modality)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.others)
        row.addStretch(1)
        self.column.addLayout(row)
        for widget in (
            *(self.failure, self.invitation, self.sentence),
            *(self.differences, self.title),
        ):
            self.column.addWidget(widget)
        self.column.addWidget(self.samples, 1)
        self.column.addStretch(0)
