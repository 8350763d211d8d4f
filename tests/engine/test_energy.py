"""The energy of a run."""

import logging
import socket
import subprocess

import pytest

from tlgui.core.errors import TlguiError
from tlgui.core.events import EnergyMeasured, JobCancelled
from tlgui.core.run_folder import RunFolder
from tlgui.engine import energy
from tlgui.engine.channel import Channel
from tlgui.engine.energy import EnergyMeter, Gauge, carbon_intensity, rated_watts


@pytest.fixture
def time(monkeypatch):
    """Let a test say how late it is, in seconds, and how long the cores have computed."""
    now = {"clock": 100.0, "computed": 40.0}
    monkeypatch.setattr(energy.time, "monotonic", lambda: now["clock"])
    monkeypatch.setattr(energy, "computing_s", lambda: now["computed"])
    return now


@pytest.fixture
def bare(monkeypatch):
    """A processor of 100 W with 2 threads, which nothing measures, and no memory."""

    def read(_seconds, computed_s):
        return 100 * computed_s / 2 / 3.6e6

    gauge = Gauge(part="processor", is_measured=False, read=read)
    monkeypatch.setattr(energy, "_gauges", lambda: (gauge,))
    monkeypatch.setattr(energy, "_memory_watts", lambda: lambda: 10.0)


def measured(run, time, seconds, computed):
    heard = []
    with EnergyMeter(run, Channel(run.path, [heard.append])):
        time["clock"] += seconds
        time["computed"] += computed
    return next(event.energy for event in heard if isinstance(event, EnergyMeasured))


def test_computing_costs_the_processors_share_and_waiting_only_the_memorys(tmp_path, time, bare):
    total = measured(RunFolder(tmp_path), time, seconds=7200, computed=3600)

    assert total.processor_kwh == pytest.approx(0.05)
    assert total.memory_kwh == pytest.approx(0.02)
    assert total.is_estimate
    assert total.intensity_g_per_kwh == 475


def test_run_that_was_paused_adds_up(tmp_path, time, bare):
    run = RunFolder(tmp_path)
    first = measured(run, time, seconds=100, computed=50)
    time["clock"] += 86400  # nobody pays for the night between

    both = measured(run, time, seconds=100, computed=50)

    assert both.kwh == pytest.approx(2 * first.kwh)
    assert both.duration_s == pytest.approx(200)
    assert run.read_energy() == both


def test_kill_costs_a_minute_of_the_record_at_most(tmp_path, time, bare):
    run, channel = RunFolder(tmp_path), Channel(tmp_path)
    with EnergyMeter(run, channel):
        for _ in range(13):
            time["clock"] += 5
            channel.send(JobCancelled)

        assert run.read_energy().duration_s == pytest.approx(60)


def test_energy_is_told_when_a_run_fails_too(tmp_path, time, bare):
    heard = []
    with (
        pytest.raises(TlguiError, match="loss_not_finite"),
        EnergyMeter(RunFolder(tmp_path), Channel(tmp_path, [heard.append])),
    ):
        raise TlguiError("loss_not_finite", epoch=3)
    assert [event.kind for event in heard] == ["energy_measured"]


def test_full_disk_does_not_hide_the_first_error(tmp_path, time, bare, monkeypatch):
    def full(*_):
        raise TlguiError("disk_full", path="energy.json")

    monkeypatch.setattr(RunFolder, "write_energy", full)
    with (
        pytest.raises(TlguiError, match="loss_not_finite"),
        EnergyMeter(RunFolder(tmp_path), Channel(tmp_path)),
    ):
        raise TlguiError("loss_not_finite", epoch=3)
    with (
        pytest.raises(TlguiError, match="disk_full"),
        EnergyMeter(RunFolder(tmp_path), Channel(tmp_path)),
    ):
        pass


def test_damaged_record_of_earlier_sittings_does_not_keep_a_run_from_going_on(tmp_path, time, bare):
    (tmp_path / "energy.json").write_text("{")
    assert measured(RunFolder(tmp_path), time, seconds=10, computed=10).duration_s == 10


def test_real_meter_needs_no_network_no_process_and_says_nothing(
    tmp_path, monkeypatch, capfd, caplog
):
    def forbidden(*_, **__):
        raise AssertionError("an estimate reached out")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    monkeypatch.setattr(subprocess, "Popen", forbidden)
    run = RunFolder(tmp_path)
    with caplog.at_level(logging.DEBUG), EnergyMeter(run, Channel(tmp_path)):
        sum(range(100_000))

    assert run.read_energy().kwh > 0
    assert capfd.readouterr() == ("", "")
    assert not caplog.records
    assert {path.name for path in tmp_path.iterdir()} == {"energy.json", "events.jsonl"}


def test_readable_counters_are_taken_in_place_of_the_model(monkeypatch):
    class Counted:
        def start(self):
            pass

        def measure_power_and_energy(self, seconds):
            return None, type("Kwh", (), {"kWh": seconds / 1000})

    modes = []
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("codecarbon.core.cpu.is_rapl_available", lambda: True)
    monkeypatch.setattr(
        "codecarbon.external.hardware.CPU.from_utils",
        lambda output_dir, mode, model: modes.append(mode) or Counted(),
    )
    monkeypatch.setattr("codecarbon.core.gpu.is_nvidia_system", lambda: True)
    monkeypatch.setattr("codecarbon.external.hardware.GPU.from_utils", lambda ids: Counted())

    processor, gpu = energy._gauges()

    assert modes == ["intel_rapl"]
    assert (processor.part, processor.is_measured, processor.read(2.0, 99.0)) == (
        "processor",
        True,
        0.002,
    )
    assert (gpu.part, gpu.is_measured) == ("gpu", True)


@pytest.mark.parametrize(
    ("name", "watts"),
    [
        ("Intel(R) Core(TM) i7-8650U CPU @ 1.90GHz", 15),
        ("AMD Ryzen 7 5800X 8-Core Processor", 105),
        ("Apple M1", 10),
        ("Intel(R) Celeron(R) 1000A", 16),  # the table has no number for it
        ("Intel(R) Xeon(R) Processor", 16),  # of a virtual machine, nobody knows which
        ("x86_64", 16),
        ("", 16),
    ],
)
def test_rated_power_is_that_of_the_name_or_four_watts_a_thread(name, watts):
    assert rated_watts(name, num_threads=4) == watts


@pytest.mark.parametrize("unknown", ["", "XXX", "world"])
def test_unknown_country_is_the_world_with_its_source(unknown):
    grams, source, country = carbon_intensity(unknown)
    assert (grams, country) == (475, "")
    assert "IEA" in source


def test_known_country_has_its_own_electricity():
    grams, source, country = carbon_intensity("nor")
    assert grams < 100
    assert country == "NOR"
    assert "20" in source  # the year
