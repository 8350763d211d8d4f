"""Advice for a data set: the presets that fit it, a look at a few samples, a recommendation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tlgui.core.advice import Advice, advise
from tlgui.core.catalog import PresetInfo
from tlgui.core.dataset import Dataset, dataset_from_json
from tlgui.core.errors import TlguiError
from tlgui.core.events import AdviceReady
from tlgui.core.facts import Facts
from tlgui.core.job import AdviseJob
from tlgui.core.ladder import RECOMMENDED
from tlgui.core.planning import DEFAULT_PRESETS, make_plan
from tlgui.core.wording import SAMPLES
from tlgui.engine.advising.probe import has_fast_pass, probe
from tlgui.engine.channel import Channel
from tlgui.engine.models.library import PresetLibrary


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
    wish = Wish(level=job.level, preset=job.preset, strategy=job.strategy)
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
    dealing = {k: v for k, v in wish.settings.items() if k in ("group_by", "split")}
    split = make_plan(presets[0], settings=dealing).split
    facts = probe(dataset, library, presets, channel, split)
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
