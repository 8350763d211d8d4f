"""What programs and people are told of a preset on the command line."""

from pathlib import Path

from tlgui.core.catalog import PresetInfo
from tlgui.core.preset_costs import fine_tuning_bytes, speed_class
from tlgui.core.wording import size


def preset_record(info: PresetInfo, folder: Path | None) -> dict[str, object]:
    """Return a preset for other programs.

    Args:
        info: What is known of it.
        folder: Where it lies on this computer, or None.
    """
    return {
        "id": info.id,
        "task": info.task,
        "title": info.title,
        "family": info.family,
        "architecture": info.architecture,
        "parameters": info.num_parameters,
        "bytes": None if _is_unknown(info) else info.num_bytes,
        "license": info.license,
        "source": info.source,
        "trained_on": info.trained_on,
        "languages": info.languages,
        "input_size_px": info.input_size_px,
        "sequence_length": info.sequence_length,
        "speed": speed_class(info),
        "fine_tuning_bytes": fine_tuning_bytes(info),
        "handle": info.handle,
        "installed": folder is not None,
        "embedded": info.embedded,
        "folder": "" if folder is None else str(folder),
        "sha256": info.sha256,
    }


def preset_sentence(info: PresetInfo, folder: Path | None) -> str:
    """Return a preset in one line."""
    where = "on this computer" if folder else "not on this computer"
    parameters = f"{info.num_parameters / 1e6:.1f} M parameters"
    stored = "size unknown" if _is_unknown(info) else size(info.num_bytes)
    return f"{info.id}: {info.title}, {parameters}, {stored}, license {info.license}, {where}"


def import_sentence(info: PresetInfo, was_there: bool) -> str:
    """Return what became of an imported model and how it is used."""
    if was_there:
        return f"{info.id} was on this computer already."
    unknown = " Nobody said under which license." if info.license == "unknown" else ""
    return f"{info.id} is installed: tlgui train FOLDER --preset {info.id}.{unknown}"


def _is_unknown(info: PresetInfo) -> bool:
    """Return whether nobody has stored its weights yet."""
    return info.num_parameters > 0 and not info.num_bytes
