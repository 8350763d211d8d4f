"""What programs and people are told of a preset on the command line."""

from pathlib import Path

from tlgui.core.catalog import PresetInfo
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
        "parameters": info.num_parameters,
        "bytes": info.num_bytes,
        "license": info.license,
        "source": info.source,
        "trained_on": info.trained_on,
        "languages": info.languages,
        "input_size_px": info.input_size_px,
        "sequence_length": info.sequence_length,
        "installed": folder is not None,
        "embedded": info.embedded,
        "folder": "" if folder is None else str(folder),
        "sha256": info.sha256,
    }


def preset_sentence(info: PresetInfo, folder: Path | None) -> str:
    """Return a preset in one line."""
    where = "on this computer" if folder else "not on this computer"
    parameters = f"{info.num_parameters / 1e6:.1f} M parameters"
    return (
        f"{info.id}: {info.title}, {parameters}, {size(info.num_bytes)}, license "
        f"{info.license}, {where}"
    )


def import_sentence(info: PresetInfo, was_there: bool) -> str:
    """Return what became of an imported model and how it is used."""
    if was_there:
        return f"{info.id} was on this computer already."
    unknown = " Nobody said under which license." if info.license == "unknown" else ""
    return f"{info.id} is installed: tlgui train FOLDER --preset {info.id}.{unknown}"
