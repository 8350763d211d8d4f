"""What the window says of this computer."""

import psutil

from tlgui.core.events import DeviceReported
from tlgui.core.settings import Home
from tlgui.engine import device
from tlgui.engine.doctor import examine
from tlgui.engine.models.library import PresetLibrary


def test_report_is_a_valid_event_of_this_machine():
    event = DeviceReported(seq=1, time_s=0.0, **device.processor_report())

    assert event.device == "cpu"
    assert event.name
    assert 1 <= event.num_cores <= (psutil.cpu_count() or 1)
    assert event.memory_bytes == psutil.virtual_memory().total
    assert event.samples_per_s == 0


def test_pace_is_measured_on_the_first_model(tiny_library, monkeypatch):
    monkeypatch.setattr(device, "MEASURE_S", 0.01)

    report = device.measured_report(tiny_library, device.processor_report())

    assert report["samples_per_s"] > 0


def test_computer_without_any_model_is_still_reported(tiny_library):
    report = device.measured_report(PresetLibrary(tiny_library.catalog, ()), device.keras_report())

    assert report["samples_per_s"] == 0


def test_machine_without_gpu_is_not_called_one(monkeypatch):
    report = device.keras_report()

    import tensorflow as tf

    assert (report["device"] == "gpu") == bool(tf.config.list_physical_devices("GPU"))


def test_doctor_finds_a_damaged_model_and_a_data_folder_that_cannot_be_written(
    tiny_library, tmp_path, monkeypatch
):
    monkeypatch.setattr(device, "MEASURE_S", 0.01)
    (tmp_path / "file").write_text("no folder")
    healthy = {f.name: f.works for f in examine(tiny_library, Home(tmp_path / "home"))}

    broken = {f.name: f.works for f in examine(tiny_library, Home(tmp_path / "file" / "home"))}

    assert all(healthy.values())
    assert not broken["data folder"]
