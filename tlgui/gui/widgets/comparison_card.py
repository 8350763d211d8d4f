"""A card of the result page: this run beside another one."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.choice_box import ChoiceBox
from tlgui.gui.widgets.notice import FailureNotice
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.progress_line import ProgressLine
from tlgui.gui.widgets.sample_view import SampleView
from tlgui.gui.widgets.text import MAX_TEXT_PX, make_label, show_text
from tlgui.gui.widgets.unit_plot import UnitPlot
from tlgui.viewmodels.comparison import ComparisonViewModel
from tlgui.viewmodels.ensemble import EnsembleViewModel

PLOT_PX = 200


class ComparisonCard(Panel):
    """Draws a ComparisonViewModel, and an EnsembleViewModel that joins what is compared."""

    def __init__(
        self, viewmodel: ComparisonViewModel, ensemble: EnsembleViewModel, theme: Theme
    ) -> None:
        super().__init__()
        self._viewmodel, self._ensemble = viewmodel, ensemble
        self.others = ChoiceBox()
        self.others.setPlaceholderText(self.tr("Choose another run"))
        self.others.setAccessibleName(self.tr("Another run"))
        self.others.setMinimumWidth(240)
        self.others.activated.connect(viewmodel.choose)
        self.others.activated.connect(ensemble.forget_failure)
        self.join = make_button(self.tr("Use both together (ensemble)"), "", self._join)
        self.join.setToolTip(
            self.tr("Makes a new run whose answers are the mean of those of both.")
        )
        self.stop = make_button(self.tr("Stop"), "link", ensemble.cancel)
        self.progress = ProgressLine()
        self.failure = FailureNotice()
        self.invitation = make_label("", wraps=True)
        self.sentence = make_label("", "strong", wraps=True)
        self.differences = make_label("", wraps=True)
        self.curves = UnitPlot(theme, self.tr("share of the training"), self.tr("unseen, right"))
        self.curves.setMinimumHeight(PLOT_PX)
        self.curves.setAccessibleName(self.tr("Accuracy of both runs while they trained"))
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
        ensemble.changed.connect(self.show_joining)
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
        show_text(self.invitation, viewmodel.invitation)
        show_text(self.sentence, viewmodel.sentence)
        show_text(self.differences, "\n".join(viewmodel.differences))
        show_text(self.title, viewmodel.gallery_title)
        mine, others = viewmodel.curves
        self.curves.show_pair(mine, others, viewmodel.curve_names)
        # of a run of one epoch, such as a solved head, there is no curve
        self.curves.setVisible(max(len(mine), len(others)) > 1)
        self.samples.show_samples(viewmodel.gallery, viewmodel.modality)
        self.show_joining()

    def show_joining(self) -> None:
        """Redraw how far the new run of both is."""
        comparison, ensemble = self._viewmodel.comparison, self._ensemble
        self.failure.show_failure(self._viewmodel.failure or ensemble.failure)
        is_alike = comparison is not None and comparison.num_samples > 0
        self.join.setVisible(is_alike and not ensemble.is_busy)
        self.stop.setVisible(ensemble.is_busy)
        self.progress.show_progress(ensemble.progress, ensemble.pace)
        if ensemble.is_busy and ensemble.progress is None:
            self.progress.show_words(self.tr("Starting"))

    def _join(self) -> None:
        if self._viewmodel.other is not None:
            self._ensemble.join(self._viewmodel.other)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(16)
        for widget in (self.others, self.join, self.stop):
            row.addWidget(widget)
        row.addStretch(1)
        self.column.addLayout(row)
        self.column.addWidget(self.progress)
        self.column.addWidget(self.failure)
        place = QWidget()  # a layout alone would stand in the middle of what it cannot fill
        words = QVBoxLayout(place)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(8)
        for label in (self.invitation, self.sentence, self.differences):
            words.addWidget(label)
        words.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(24)
        top.addWidget(place, 3)
        top.addWidget(self.curves, 2)
        self.column.addLayout(top)
        self.column.addWidget(self.title)
        self.column.addWidget(self.samples, 1)
        self.column.addStretch(0)
