"""Advice for a data set: the presets that fit it, a look at a few samples, a recommendation."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from tlgui.core.advice import Advice, advise
from tlgui.core.catalog import PresetInfo
from tlgui.core.dataset import Dataset, dataset_from_json
from tlgui.core.errors import TlguiError
from tlgui.core.events import AdviceReady
from tlgui.core.facts import Facts
from tlgui.core.job import AdviseJob
from tlgui.core.ladder import RECOMMENDED
from tlgui.core.plan import SplitPlan
from tlgui.core.planning import DEFAULT_PRESETS, make_plan
from tlgui.core.wording import SAMPLES
from tlgui.engine.advising.probe import has_fast_pass, probe
from tlgui.engine.channel import Channel
from tlgui.engine.models.library import PresetLibrary

DEALING: Final = ("group_by", "seed", "split")  # settings that say which samples are learned from


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person insists on; the advisor chooses the rest.

    Attributes:
        level: Index into ``LEVELS``, from Quick to Thorough.
        preset: Id of a model, or "".
        strategy: Id of a strategy, or "".
        settings: See ``SETTINGS``.
    """

    level: int = RECOMMENDED
    preset: str = ""
    strategy: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


def run_advise_job(job: AdviseJob, library: PresetLibrary, channel: Channel) -> None:
    """Do the job; ends with ``advice_ready``.

    Raises:
        TlguiError: see ``find_advice``.
        JobStopped: a person asked for it.
    """
    dataset = dataset_from_json(Path(job.dataset).read_text(encoding="utf-8"))
    wish = Wish(
        level=job.level, preset=job.preset, strategy=job.strategy, settings=_dealing_settings(job)
    )
    facts, advice = find_advice(dataset, library, wish, channel)
    channel.send(AdviceReady, facts=facts, advice=advice)


def find_advice(
    dataset: Dataset, library: PresetLibrary, wish: Wish, channel: Channel
) -> tuple[Facts, Advice]:
    """Return what advice rests on, and the advice.

    Raises:
        TlguiError: the data cannot be trained on, or a wish cannot be granted.
        JobStopped: a person asked for it.
    """
    suitable = suitable_presets(dataset, library, wish.preset)
    # Keras takes seconds to import: only who asks for a preset without a graph waits
    presets = tuple(info for info in suitable if has_fast_pass(info, library)) or suitable
    dealing = {k: v for k, v in wish.settings.items() if k in DEALING}
    plan = make_plan(presets[0], settings=dealing)
    facts = probe(dataset, library, presets, channel, plan.split, seed=plan.seed)
    advice = advise(facts, presets, wish.level, strategy=wish.strategy, settings=wish.settings)
    return facts, advice


def suitable_presets(
    dataset: Dataset, library: PresetLibrary, preset: str = ""
) -> tuple[PresetInfo, ...]:
    """Return the presets of this computer that a data set can be trained with, at least one.

    Args:
        dataset: Of pictures or of texts.
        library: Where presets are looked for.
        preset: The only one that counts, if not "".

    Raises:
        TlguiError: there is none, or the preset is unknown, missing or for other data.
    """
    suitable = tuple(i for i in library.installed() if i.task == dataset.modality)
    if not preset and suitable:
        return suitable
    preset = preset or DEFAULT_PRESETS[dataset.modality]
    library.folder(preset)  # it has to be on this computer
    info = library.catalog[preset]
    if info.task == dataset.modality:
        return (info,)
    raise TlguiError(
        "preset_for_other_task",
        name=preset,
        task=SAMPLES[info.task],
        path=dataset.folder,
        samples=SAMPLES[dataset.modality],
        known=", ".join(i.id for i in suitable),
    )


def _dealing_settings(job: AdviseJob) -> dict[str, str]:
    """Return the settings that deal samples as a job says, as far as that is not usual."""
    split = job.split
    shares = (split.train_fraction, split.validation_fraction, split.test_fraction)
    is_usual = replace(split, group_by="") == SplitPlan()
    found = {
        "group_by": split.group_by,
        "seed": str(job.seed) if job.seed else "",
        # digits enough to tell every share from its neighbors, and no exponent
        "split": "" if is_usual else "/".join(f"{share:.17f}".rstrip("0") for share in shares),
    }
    return {name: text for name, text in found.items() if text}
