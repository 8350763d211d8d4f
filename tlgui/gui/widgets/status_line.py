"""The bottom of the window: what computes, what leaves, what is saved."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tlgui.gui.widgets.text import ElidedLabel, make_label
from tlgui.viewmodels.device import DeviceViewModel
from tlgui.viewmodels.run import RunViewModel


class StatusLine(QWidget):
    """Draws a DeviceViewModel and the last checkpoint of a RunViewModel."""

    def __init__(self, device: DeviceViewModel, run: RunViewModel) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(36)
        self._device, self._run = device, run
        self.device = ElidedLabel("note")
        self.saved = make_label("", "note")
        row = QHBoxLayout(self)
        row.setContentsMargins(40, 0, 40, 0)
        row.setSpacing(24)
        row.addWidget(self.device)
        row.addWidget(make_label(self.tr("Nothing leaves this computer"), "note"))
        row.addStretch(1)
        row.addWidget(self.saved)
        device.changed.connect(self.refresh)
        run.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-models' current state."""
        self.device.show_whole(self._device.status)
        self.saved.setText(self._saved() if self._run.is_training else "")

    def _saved(self) -> str:
        epochs = self._run.state.epochs
        if not epochs:
            return ""
        at = datetime.fromtimestamp(epochs[-1].time_s)
        return self.tr("Saved at {time}, after epoch {epoch}").format(
            time=f"{at:%H:%M:%S}", epoch=epochs[-1].epoch
        )
