"""The sentences about the energy of a run."""

import math

from tlgui.core.energy import Energy
from tlgui.core.wording import duration


def energy_value(energy: Energy, is_short: bool = False) -> str:
    """Return how much it is, in a few words, or where there is hardly room in fewer."""
    amount = _amount(energy.kwh, "kWh")
    if is_short:
        amount = amount.removeprefix("about ")
    if not energy.is_estimate:
        return amount
    return f"{amount} ({'est.' if is_short else 'estimate'})"


def energy_line(energy: Energy) -> str:
    """Return how much it is, with what it means for the air."""
    return f"Energy: {energy_value(energy)}, {_amount(energy.co2_g, 'g')} of CO₂"


def energy_basis(energy: Energy) -> str:
    """Return where the numbers come from."""
    if "processor" in energy.measured:
        processor = "the processor's own counters, which count all programs"
    else:
        processor = "the processor's rated power and the time that it computed"
    parts = [processor]
    if energy.gpu_kwh:
        parts.append("the counters of the graphics processor")
    parts.append("a model of the memory")
    place = f"the average of {energy.country}" if energy.country else "the world's average"
    return (
        f"From {', '.join(parts[:-1])} and {parts[-1]} (codecarbon), over "
        f"{duration(energy.duration_s)}. CO₂ with {energy.intensity_g_per_kwh:.0f} g per kWh, "
        f"{place} ({energy.intensity_source})."
    )


def _amount(number: float, unit: str) -> str:
    """Return an amount with two digits, since no more is known; very little is only bounded."""
    least = 0.001 if unit == "kWh" else 1
    if number < least:
        return f"under {least:g} {unit}"
    digits = 1 - math.floor(math.log10(number))
    return f"about {round(number, digits):.{max(0, digits)}f} {unit}"
