"""Beside the field "learning rate": a test of many rates, and its curve to choose from."""

from PySide6.QtWidgets import QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.field_tool import FieldTool
from tlgui.gui.widgets.rate_plot import RatePlot
from tlgui.viewmodels.range_test import rate_text
from tlgui.viewmodels.trials import TrialsViewModel


class RateTool(FieldTool):
    """Draws a RangeTestViewModel."""

    def __init__(self, trials: TrialsViewModel, theme: Theme) -> None:
        super().__init__("learning_rate", self.tr("Find a rate"), trials)
        self._viewmodel = trials.rates
        self.take = self.add_action("", self._take)
        self.again = self.add_action(self.tr("Try again"), trials.find_rate)
        self.stop = self.add_action(self.tr("Stop"), self._stop)
        self.close_link = self.add_action(self.tr("Close"), self.close_tool)
        self.plot = RatePlot(self._viewmodel, theme)
        self.column.addWidget(self.plot, 1)
        self.column.addStretch(0)
        self._viewmodel.changed.connect(self.refresh)
        self.refresh()

    @property
    def is_open(self) -> bool:
        """Whether there is a test to look at."""
        return self._viewmodel.is_open

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What the keyboard reaches after the link, in this order."""
        return (self.take, self.again, self.stop, self.close_link, self.failure.copy, self.plot)

    def start(self) -> None:
        """Try rates for the plan as it is on the page."""
        self.trials.find_rate()

    def leave(self) -> None:
        """Forget the curve."""
        self._viewmodel.reset()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel = self._viewmodel
        self.words.setText(viewmodel.headline)
        self._show_progress()
        self.failure.show_failure(viewmodel.failure)
        self.plot.setVisible(bool(viewmodel.points))
        self._show_actions()
        super().refresh()

    def _show_progress(self) -> None:
        viewmodel = self._viewmodel
        if not viewmodel.is_busy or viewmodel.points:
            self.progress.hide()
        elif viewmodel.progress is None:
            self.progress.show_words(self.tr("Getting ready…"))
        else:
            self.progress.show_progress(viewmodel.progress, viewmodel.pace)

    def _show_actions(self) -> None:
        viewmodel = self._viewmodel
        had_focus = self.stop.hasFocus()
        self.take.setVisible(viewmodel.can_take_suggestion)
        if viewmodel.suggested is not None:
            self.take.setText(self.tr("Use {rate}").format(rate=rate_text(viewmodel.suggested)))
        is_whole = viewmodel.suggested is not None and not viewmodel.is_outdated
        self.again.setVisible(not viewmodel.is_busy and not is_whole)
        self.again.setEnabled(self.trials.are_possible)
        self.close_link.setVisible(not viewmodel.is_busy)
        self.stop.setVisible(viewmodel.is_busy)
        if had_focus and not viewmodel.is_busy:
            (self.plot if viewmodel.points else self.close_link).setFocus()

    def _take(self) -> None:
        if self._viewmodel.suggested is not None:
            self._viewmodel.choose(self._viewmodel.suggested)
            self.plot.setFocus()

    def _stop(self) -> None:
        """Keep the curve so far; without one there is nothing to look at."""
        if self._viewmodel.points:
            self._viewmodel.stop()
        else:
            self.close_tool()
