"""What a run takes, and the words about it."""

from dataclasses import replace

import pytest

from tlgui.core.energy import Energy
from tlgui.core.energy_words import energy_basis, energy_line, energy_value
from tlgui.core.errors import TlguiError
from tlgui.core.run_folder import RunFolder

MODELED = Energy(
    processor_kwh=0.003,
    memory_kwh=0.001,
    duration_s=3600.0,
    intensity_g_per_kwh=475.0,
    intensity_source="IEA",
)
COUNTED = replace(MODELED, gpu_kwh=0.1, measured=("processor", "gpu"), country="DEU")


def test_sittings_add_up_and_are_only_as_measured_as_the_worst_of_them():
    both = COUNTED.after(MODELED)

    assert both.kwh == pytest.approx(0.108)
    assert both.duration_s == 7200
    assert both.measured == ()
    assert both.country == "DEU"
    assert COUNTED.after(COUNTED).measured == ("processor", "gpu")


def test_air_is_charged_by_the_electricity_of_the_country():
    assert MODELED.co2_g == pytest.approx(1.9)


@pytest.mark.parametrize(
    ("energy", "is_estimate"),
    [
        (MODELED, True),
        (COUNTED, False),
        (replace(COUNTED, gpu_kwh=0.0, measured=("processor",)), False),
        (replace(COUNTED, measured=("processor",)), True),
        (replace(COUNTED, measured=("gpu",)), True),
    ],
)
def test_what_no_counter_counted_is_called_an_estimate(energy, is_estimate):
    assert energy.is_estimate == is_estimate
    assert energy_value(energy).endswith(" (estimate)") == is_estimate
    assert energy_value(energy, is_short=True).endswith(" kWh (est.)") == is_estimate


@pytest.mark.parametrize(
    ("kwh", "words"),
    [
        (0.0, "under 0.001 kWh"),
        (0.00099, "under 0.001 kWh"),
        (0.001, "about 0.0010 kWh"),
        (0.01234, "about 0.012 kWh"),
        (0.5, "about 0.50 kWh"),
        (1.26, "about 1.3 kWh"),
        (1234.0, "about 1200 kWh"),
    ],
)
def test_no_more_digits_are_told_than_are_known(kwh, words):
    assert energy_value(Energy(processor_kwh=kwh, measured=("processor",))) == words


def test_one_line_says_what_the_run_took():
    line = energy_line(MODELED)
    assert line == "Energy: about 0.0040 kWh (estimate), about 1.9 g of CO₂"


def test_basis_tells_a_model_from_a_counter_and_the_world_from_a_country():
    assert "rated power" in energy_basis(MODELED)
    assert "475 g per kWh, the world's average (IEA)" in energy_basis(MODELED)
    assert "own counters" in energy_basis(COUNTED)
    assert "graphics processor" in energy_basis(COUNTED)
    assert "the average of DEU" in energy_basis(COUNTED)


def test_energy_of_a_run_opens_without_tlgui_and_comes_back(tmp_path):
    run = RunFolder(tmp_path)
    assert run.read_energy() is None

    run.write_energy(COUNTED)

    assert run.read_energy() == COUNTED
    assert '"kwh": 0.104' in (tmp_path / "energy.json").read_text()


def test_damaged_energy_is_told(tmp_path):
    (tmp_path / "energy.json").write_text('{"processor_kwh": "much"}')
    with pytest.raises(TlguiError, match="run_damaged"):
        RunFolder(tmp_path).read_energy()
