"""The energy of a run, from the counters of the hardware or the models of codecarbon.

Of codecarbon only its readers, models and tables are used: its tracker takes seconds to start,
looks for settings elsewhere and keeps two timers. Nothing here needs a network or special rights.
"""

import csv
import json
import logging
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.resources import files
from types import TracebackType
from typing import Any, Final, Self

from tlgui.core.energy import Energy, Part
from tlgui.core.errors import TlguiError
from tlgui.core.events import EnergyMeasured, Event
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.processor import processor_name

log = logging.getLogger(__name__)

SAMPLE_S: Final = 10.0  # counters overflow after minutes at the earliest
WRITE_S: Final = 60.0  # what a kill may cost
J_PER_KWH: Final = 3.6e6
COUNTRY_SOURCE: Final = "codecarbon's table of countries"


@dataclass(frozen=True, slots=True)
class Gauge:
    """Where the energy of one part is read.

    Attributes:
        part: Of the computer.
        is_measured: Whether the hardware counts it, or a model does.
        read: Takes the seconds since the last reading and the seconds of computing by this
            process in them, and returns the kWh since then.
    """

    part: Part
    is_measured: bool
    read: Callable[[float, float], float]


class EnergyMeter:
    """Adds up what a run takes while it is worked on, on top of the sittings before.

    It looks at the clock whenever the run tells something, so it has no thread and no timer.
    """

    def __init__(self, run: RunFolder, channel: Channel, country: str = "") -> None:
        self._run, self._channel = run, channel
        self._earlier = _earlier(run)
        self._gauges = _gauges()
        self._memory = _memory_watts()
        grams, source, place = carbon_intensity(country)
        self._nothing = Energy(
            measured=tuple(gauge.part for gauge in self._gauges if gauge.is_measured),
            intensity_g_per_kwh=grams,
            country=place,
            intensity_source=source,
        )
        self._now = self._nothing
        self._at_s, self._computed_s = time.monotonic(), computing_s()
        self._written_s = self._at_s

    def __enter__(self) -> Self:
        self._channel.listen(self._on_event)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._sample()
        total = self.total
        try:
            self._run.write_energy(total)
            self._channel.send(EnergyMeasured, energy=total)
        except TlguiError:
            if error is None:
                raise
            log.warning("the energy is not kept", exc_info=True)  # the first error counts

    @property
    def total(self) -> Energy:
        """What the run has taken up to the last reading."""
        return self._now if self._earlier is None else self._now.after(self._earlier)

    def _on_event(self, _event: Event) -> None:
        if time.monotonic() - self._at_s < SAMPLE_S:
            return
        self._sample()
        if self._at_s - self._written_s >= WRITE_S:
            self._written_s = self._at_s
            self._run.write_energy(self.total)

    def _sample(self) -> None:
        at_s, computed_s = time.monotonic(), computing_s()
        seconds, computing = at_s - self._at_s, computed_s - self._computed_s
        self._at_s, self._computed_s = at_s, computed_s
        taken = {gauge.part: gauge.read(seconds, computing) for gauge in self._gauges}
        step = replace(
            self._nothing,
            processor_kwh=taken.get("processor", 0.0),
            gpu_kwh=taken.get("gpu", 0.0),
            memory_kwh=self._memory() * seconds / J_PER_KWH,
            duration_s=seconds,
        )
        self._now = step.after(self._now)


def computing_s() -> float:
    """Return the seconds that the cores have computed for this process and its ended children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def carbon_intensity(country: str) -> tuple[float, str, str]:
    """Return grams of CO₂ equivalents per kWh, their source, and whose electricity it is.

    Args:
        country: ISO 3166 code of three letters; one that nobody knows is the world.
    """
    mix = _table("private_infra/global_energy_mix.json").get(country.upper(), {})
    if mix.get("carbon_intensity") is not None:
        return float(mix["carbon_intensity"]), f"{COUNTRY_SOURCE}, {mix['year']}", country.upper()
    world = _table("private_infra/carbon_intensity_per_source.json")
    return float(world["world_average"]), "IEA, Global Energy & CO₂ Status Report 2019", ""


def rated_watts(processor: str, num_threads: int) -> float:
    """Return the thermal design power of a processor by its name.

    The longest name in the table all of whose words are in ``processor`` counts. What the table
    does not know gets what codecarbon gives such processors: 4 W for each of its threads.
    """
    from codecarbon.core.cpu import DEFAULT_POWER_PER_CORE

    words = _words(processor)
    with _data("hardware/cpu_power.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if _names(row["Name"], words)]
    found = [(len(_words(row["Name"])), _number(row["TDP"])) for row in rows]
    return max(found, default=(0, 0.0))[1] or float(DEFAULT_POWER_PER_CORE * num_threads)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:  # the table has a few such as 27.29.5
        return 0.0


def _names(known: str, words: frozenset[str]) -> bool:
    """Return whether a name in the table is one of this processor, and not only of its maker."""
    own = _words(known)
    return len(own) > 1 and own <= words and any(c.isdigit() for word in own for c in word)


def _words(name: str) -> frozenset[str]:
    plain = re.sub(r"\((r|tm)\)|\bcpu\b|@.*", " ", name.lower())
    return frozenset(plain.split())


def _earlier(run: RunFolder) -> Energy | None:
    try:
        return run.read_energy()
    except TlguiError:
        log.warning("the energy of earlier sittings is unknown", exc_info=True)
        return None


def _gauges() -> tuple[Gauge, ...]:
    _quiet()
    return tuple(filter(None, (_processor_gauge(), _gpu_gauge())))


def _quiet() -> None:
    """Keep codecarbon's messages out of the terminal; they are about servers of others."""
    import codecarbon  # noqa: F401

    logging.getLogger("codecarbon").disabled = True


def _processor_gauge() -> Gauge:
    from codecarbon.core.cpu import is_rapl_available
    from codecarbon.core.windows_emi import is_emi_available
    from codecarbon.external.hardware import CPU

    name = processor_name()
    mode = ""
    if sys.platform.startswith("linux") and is_rapl_available():
        mode = "intel_rapl"
    elif sys.platform == "win32" and is_emi_available():  # pragma: no cover
        mode = "windows_emi"
    if mode:
        return _counter("processor", CPU.from_utils(output_dir="", mode=mode, model=name))
    num_threads = os.cpu_count() or 1
    watts = rated_watts(name, num_threads)

    def read(_seconds: float, computed_s: float) -> float:
        return watts * computed_s / num_threads / J_PER_KWH

    return Gauge(part="processor", is_measured=False, read=read)


def _gpu_gauge() -> Gauge | None:
    from codecarbon.core.gpu import is_nvidia_system, is_rocm_system
    from codecarbon.external.hardware import GPU

    if not (is_nvidia_system() or is_rocm_system()):
        return None
    return _counter("gpu", GPU.from_utils(None))


def _counter(part: Part, hardware: Any) -> Gauge:
    """Return a gauge on what codecarbon reads; it reports what cannot be read as nothing."""
    hardware.start()

    def read(seconds: float, _computed_s: float) -> float:
        return float(hardware.measure_power_and_energy(seconds)[1].kWh)

    return Gauge(part=part, is_measured=True, read=read)


def _memory_watts() -> Callable[[], float]:
    from codecarbon.external.ram import RAM

    memory = RAM(tracking_mode="process", children=False)
    return lambda: float(memory.total_power().W)


def _table(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_data(name).read_text(encoding="utf-8"))
    return table


def _data(name: str) -> Any:
    return files("codecarbon").joinpath("data", *name.split("/"))
