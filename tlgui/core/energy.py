"""What a run takes from the socket, as far as a program can tell."""

from dataclasses import dataclass
from typing import Literal

Part = Literal["processor", "gpu"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Energy:
    """The content of ``energy.json``; what screens, disks and power supplies take is not in it.

    Attributes:
        processor_kwh: Of the processor.
        gpu_kwh: Of graphics processors, 0 where none is known of.
        memory_kwh: Of the memory, always modeled.
        duration_s: How long the run was worked on, all sittings together.
        measured: Parts that were read from counters of the hardware, which count everything that
            the computer did meanwhile; what is not among them is modeled.
        intensity_g_per_kwh: Grams of CO₂ and its equivalents per kWh of electricity.
        country: Whose electricity that is, an ISO 3166 code of three letters; "" is the world.
        intensity_source: Where that number is from.
    """

    processor_kwh: float = 0.0
    gpu_kwh: float = 0.0
    memory_kwh: float = 0.0
    duration_s: float = 0.0
    measured: tuple[Part, ...] = ()
    intensity_g_per_kwh: float = 0.0
    country: str = ""
    intensity_source: str = ""

    @property
    def kwh(self) -> float:
        """All of it."""
        return self.processor_kwh + self.gpu_kwh + self.memory_kwh

    @property
    def co2_g(self) -> float:
        """Grams of CO₂ and its equivalents, were it the average electricity of the country."""
        return self.kwh * self.intensity_g_per_kwh

    @property
    def is_estimate(self) -> bool:
        """Whether anything beside the memory was not measured."""
        return "processor" not in self.measured or (self.gpu_kwh > 0 and "gpu" not in self.measured)

    def after(self, earlier: "Energy") -> "Energy":
        """Return this sitting together with the ones before it."""
        return Energy(
            processor_kwh=earlier.processor_kwh + self.processor_kwh,
            gpu_kwh=earlier.gpu_kwh + self.gpu_kwh,
            memory_kwh=earlier.memory_kwh + self.memory_kwh,
            duration_s=earlier.duration_s + self.duration_s,
            measured=tuple(part for part in self.measured if part in earlier.measured),
            intensity_g_per_kwh=self.intensity_g_per_kwh,
            country=self.country,
            intensity_source=self.intensity_source,
        )
