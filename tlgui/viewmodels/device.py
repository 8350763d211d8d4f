"""What this computer can do, in a sentence; only from what really computed."""

from PySide6.QtCore import Slot

from tlgui.core.events import DeviceReported
from tlgui.core.wording import duration, size
from tlgui.viewmodels.view_model import ViewModel

DECODING = 2  # reading a picture takes about as long as looking at it
SMALL_RUN = 500  # pictures, in the sentence that says how long a small run takes


class DeviceViewModel(ViewModel):
    """Holds the last report of an engine about its device."""

    def __init__(self) -> None:
        super().__init__()
        self.device: DeviceReported | None = None

    @Slot(object)
    def on_device_reported(self, device: DeviceReported) -> None:
        """Take in what an engine found out by computing."""
        self.device = device
        self.announce_now()

    @property
    def sentence(self) -> str:
        """What this computer can do, for the first page."""
        if self.device is None:
            return self.tr("Getting ready…")
        return f"{self._ground(self.device)} {self._speed(self.device)}".strip()

    @property
    def status(self) -> str:
        """The same in a few words, for the status bar."""
        if self.device is None:
            return self.tr("Getting ready…")
        return self.tr("{device}: ready").format(device=device_words(self.device))

    def _ground(self, device: DeviceReported) -> str:
        if device.device == "gpu":
            template = self.tr("This computer can train: {device}.")
        else:
            template = self.tr("No usable GPU: training runs on the processor, {device}.")
        return template.format(device=device_words(device))

    def _speed(self, device: DeviceReported) -> str:
        if not device.samples_per_s:
            return ""
        return self.tr("A first answer for {count} pictures takes about {time}.").format(
            count=SMALL_RUN, time=duration(DECODING * SMALL_RUN / device.samples_per_s)
        )


def device_words(device: DeviceReported) -> str:
    """Return a device's name and what it has, such as "NVIDIA RTX A2000, 6.4 GB"."""
    parts = [device.name] if device.name else []
    if device.device == "cpu" and device.num_cores:
        parts.append(f"{device.num_cores} cores" if device.num_cores > 1 else "1 core")
    if device.memory_bytes:
        parts.append(size(device.memory_bytes))
    return ", ".join(parts)
