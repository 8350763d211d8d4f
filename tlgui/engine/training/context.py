"""What every phase of one run shares."""

from dataclasses import dataclass
from pathlib import Path

from tlgui.core.catalog import PresetInfo
from tlgui.core.dataset import Dataset
from tlgui.core.plan import Plan
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.inputs import Inputs
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.training.replay import Replay


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingContext:
    """One run on its way.

    Attributes:
        run: Where everything is written.
        plan: What is done.
        dataset: Samples that are dealt to splits.
        library: Has the plan's preset.
        inputs: The samples as the preset takes them, read once for all phases.
        replay: Older samples that later batches keep reminding of, or None.
        channel: Events out, requests in.
        requested_s: When a person asked for the run, in seconds since the epoch.
    """

    run: RunFolder
    plan: Plan
    dataset: Dataset
    library: PresetLibrary
    inputs: Inputs
    replay: Replay | None
    channel: Channel
    requested_s: float

    @property
    def preset(self) -> PresetInfo:
        """The pretrained model."""
        return self.library.catalog[self.plan.preset]

    @property
    def preset_folder(self) -> Path:
        """Where its weights lie."""
        return self.library.folder(self.plan.preset)
