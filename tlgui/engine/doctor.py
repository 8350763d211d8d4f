"""What works on this computer and what does not, found by trying."""

import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tlgui.core import durable
from tlgui.core.errors import TlguiError
from tlgui.core.settings import Home
from tlgui.core.wording import error_sentence, size
from tlgui.engine.device import keras_report, measured_report
from tlgui.engine.models.frozen import open_frozen
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.models.preset_files import read_preset_config, verified_file
from tlgui.engine.versions import package_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was tried."""

    name: str
    works: bool
    text: str


def examine(library: PresetLibrary, home: Home) -> Iterator[Finding]:
    """Yield one finding after the other; takes as long as importing Keras."""
    packages = package_versions("keras", "tensorflow", "onnxruntime", "pyside6-essentials")
    versions = ", ".join(f"{name} {number}" for name, number in packages.items())
    system = f"Python {sys.version.split()[0]} on {platform.platform()}, {versions}"
    yield Finding(name="versions", works=True, text=system)
    yield _home_finding(home)
    if library.store:
        text = f"{size(library.store.num_bytes())} in {home.cache}, which may be deleted"
        yield Finding(name="computed once", works=True, text=text)
    yield from (_preset_finding(library, info.id) for info in library.installed())
    yield _device_finding(library)


def _device_finding(library: PresetLibrary) -> Finding:
    try:
        report = measured_report(library, keras_report())
    except TlguiError as error:
        return Finding(name="cpu", works=False, text=error_sentence(error.code, error.detail))
    except ImportError as error:
        return Finding(name="cpu", works=False, text=f"Keras cannot be loaded: {error}")
    pace = f"{report['samples_per_s']:.0f} pictures/s through the first model"
    memory = size(report["memory_bytes"])
    text = f"{report['name']}, {report['num_cores']} cores, {memory} memory, {pace}"
    return Finding(name=report["device"], works=True, text=text)


def _home_finding(home: Home) -> Finding:
    try:
        home.path.mkdir(parents=True, exist_ok=True)
        durable.replace_file(home.path / "doctor.txt", "written by tlgui doctor\n")
    except (OSError, TlguiError) as error:
        return Finding(name="data folder", works=False, text=f"{home.path}: {error}")
    (home.path / "doctor.txt").unlink()
    return Finding(name="data folder", works=True, text=str(home.path))


def _preset_finding(library: PresetLibrary, preset: str) -> Finding:
    try:
        folder = library.folder(preset)
        config = read_preset_config(folder)
        for name in config.sha256:
            verified_file(folder, config, name)
        if library.catalog[preset].num_parameters:  # else there is nothing to load
            open_frozen(folder, "mean")
    except TlguiError as error:
        return Finding(name=preset, works=False, text=error_sentence(error.code, error.detail))
    return Finding(name=preset, works=True, text="whole")
