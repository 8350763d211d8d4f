"""Beside the field "augmentation": a person's own pictures as the model will see them."""

from PySide6.QtWidgets import QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.field_tool import FieldTool
from tlgui.gui.widgets.variants import VariantRows
from tlgui.viewmodels.trials import TrialsViewModel


class PreviewTool(FieldTool):
    """Draws an AugmentationPreviewViewModel."""

    def __init__(self, trials: TrialsViewModel, theme: Theme) -> None:
        super().__init__("augmentation", self.tr("Show on my pictures"), trials)
        self._viewmodel = trials.preview
        self.close_link = self.add_action(self.tr("Close"), self.close_tool)
        self.again = self.failure.add_action(self.tr("Try again"), self._viewmodel.retry)
        self.pictures = VariantRows(theme)
        self.column.addWidget(self.pictures, 1)
        self.column.addStretch(0)
        self._viewmodel.changed.connect(self.refresh)
        self.refresh()

    @property
    def is_open(self) -> bool:
        """Whether somebody looks."""
        return self._viewmodel.is_open

    @property
    def is_offered(self) -> bool:
        """Whether anything varies."""
        wish = self._viewmodel.wish
        return wish is not None and wish.varies

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What the keyboard reaches after the link, in this order."""
        return (self.close_link, self.failure.copy, self.again)

    def start(self) -> None:
        """Show how the plan varies pictures."""
        self.trials.show_pictures()

    def leave(self) -> None:
        """Stop looking."""
        self._viewmodel.close()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel = self._viewmodel
        is_waiting = viewmodel.is_waiting
        self.words.setText("" if is_waiting else viewmodel.sentence)
        self.progress.setVisible(is_waiting)
        if is_waiting:
            self.progress.show_words(viewmodel.sentence)
        self.failure.show_failure(viewmodel.failure)
        self.pictures.show_rows(viewmodel.rows)
        super().refresh()
