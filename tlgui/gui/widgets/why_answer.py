"""Below one answer of many: why the model gave it, for who wants to know."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.explanation_panel import ExplanationPanel
from tlgui.viewmodels.answer_detail import AnswerDetailViewModel
from tlgui.viewmodels.explanation import ExplanationViewModel


class WhyAnswer(QWidget):
    """Draws an ExplanationViewModel for the answer of an AnswerDetailViewModel."""

    def __init__(
        self, viewmodel: ExplanationViewModel, detail: AnswerDetailViewModel, theme: Theme
    ) -> None:
        super().__init__()
        self._viewmodel, self._detail = viewmodel, detail
        self.ask = make_button(self.tr("Why?"), "link", self._ask)
        self.panel = ExplanationPanel(viewmodel, theme, is_narrow=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.ask)
        column.addWidget(self.panel)
        viewmodel.changed.connect(self.refresh)
        detail.changed.connect(self._on_detail_changed)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-models' current state."""
        is_open = self._viewmodel.is_open and not self._viewmodel.typed
        # a row of a table is no file that could be asked about
        self.ask.setVisible(self._detail.file is not None and not is_open)

    def _ask(self) -> None:
        if self._detail.file is not None:
            self._viewmodel.explain_file(str(self._detail.file))

    def _on_detail_changed(self) -> None:
        """Go on with the next answer, where somebody looks at reasons."""
        if self._viewmodel.is_open and not self._viewmodel.typed:
            if self._detail.file is not None:
                self._ask()
            else:
                self._viewmodel.hide()
        self.refresh()
