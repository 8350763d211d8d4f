"""A few of a person's own pictures, as a model will see them in training."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QTimer, Slot

from tlgui.core.events import Event, PreviewReady
from tlgui.core.job import PreviewJob
from tlgui.core.phase import AugmentationId
from tlgui.core.plan import Plan
from tlgui.core.plan_settings import varied_phases
from tlgui.core.run_folder import free_name
from tlgui.core.settings import Home
from tlgui.viewmodels.job_view_model import JobStarter, JobViewModel

DEBOUNCE_MS: Final = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Whose pictures are to be shown, to which model, and how they vary.

    Attributes:
        dataset: Absolute path of dataset.json.
        preset: The model, whose input size the pictures get.
        augmentation: What varies them.
        mixup: How much pairs of them are mixed; 0 mixes none.
    """

    dataset: str
    preset: str
    augmentation: AugmentationId
    mixup: float

    @property
    def varies(self) -> bool:
        """Whether the model sees anything but the pictures as they are."""
        return self.augmentation != "none" or self.mixup > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """One sample: the file of its thumbnail as it is, and those of its variants."""

    original: str
    variants: tuple[str, ...]


class AugmentationPreviewViewModel(JobViewModel):
    """Shows what the plan on the page does to pictures, for as long as somebody looks.

    What was shown once is kept, so that choices can be compared without waiting again.

    Attributes:
        is_open: Whether somebody looks.
        wish: What is to be shown; None while there is no plan for pictures.
        rows: What the engine has made of it, () before that.
    """

    def __init__(
        self, engines: JobStarter, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(engines, clock)
        self._home = home
        self._pause = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._pause.timeout.connect(self._on_pause)
        self._found: dict[Wish, tuple[PreviewRow, ...]] = {}
        self.is_open = False
        self.wish: Wish | None = None
        self.rows: tuple[PreviewRow, ...] = ()

    def open(self) -> None:
        """Show the pictures, and from now on those of every other choice."""
        self.is_open = True
        self.retry()

    def retry(self) -> None:
        """Ask for the pictures at once, such as after a failure."""
        self._let_go()
        self._look()
        self.announce_now()

    def close(self) -> None:
        """Stop looking; the engine is let go, since it has nothing to save."""
        if not self.is_open:
            return
        was_busy = self.is_busy
        self.is_open, self.failure = False, None
        self._let_go()
        self.announce_now()
        if was_busy:
            self.job_ended.emit()

    def follow(self, wish: Wish | None) -> None:
        """Note what is to be shown; an older job is let go, and a new one waits for a pause."""
        if wish == self.wish:
            return
        self._let_go()
        self.wish, self.failure = wish, None
        self.rows = self._found.get(wish, ()) if wish else ()
        if self.is_open and wish and wish.varies and not self.rows:
            self._pause.start()
        self.announce_now()

    def take_in(self, event: Event) -> None:
        """Fold one event of the job."""
        super().take_in(event)
        if isinstance(event, PreviewReady) and self.wish is not None:
            pairs = zip(event.originals, event.files, strict=False)
            self.rows = tuple(PreviewRow(original=one, variants=files) for one, files in pairs)
            self._found[self.wish] = self.rows

    @property
    def is_waiting(self) -> bool:
        """Whether pictures are on their way."""
        return self.is_open and not self.rows and (self.is_busy or self._pause.isActive())

    @property
    def sentence(self) -> str:
        """What is to be seen."""
        if self.wish is None or not self.wish.varies:
            return self.tr("Nothing varies: the model sees every picture as it is, in every round.")
        if self.is_waiting:
            return self.tr("Varying a few of your pictures…")
        if not self.rows:
            return ""
        return self.tr("First each picture as it is, then four ways in which the model may see it.")

    @Slot()
    def _on_pause(self) -> None:
        self._look()

    def _look(self) -> None:
        wish = self.wish
        if not self.is_open or wish is None or not wish.varies or self.rows:
            return
        job = PreviewJob(
            folder=str(free_name(self._home.jobs, "preview")),
            requested_s=self.now(),
            dataset=wish.dataset,
            preset=wish.preset,
            augmentation=wish.augmentation,
            mixup=wish.mixup,
        )
        self.start_job(job)

    def _let_go(self) -> None:
        self._pause.stop()
        self._forget_job()
        self.progress = None


def wish_of(dataset: str, plan: Plan) -> Wish:
    """Return what a plan does to the pictures of a data set.

    Args:
        dataset: Absolute path of dataset.json.
        plan: For pictures.
    """
    last = varied_phases(plan)[-1:]
    return Wish(
        dataset=dataset,
        preset=plan.preset,
        augmentation=last[0].regularization.augmentation if last else "none",
        mixup=last[0].regularization.mixup if last else 0.0,
    )
