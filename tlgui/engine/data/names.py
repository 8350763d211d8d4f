"""Names of files and classes: sorted as people count, and always fit to be written down."""

import re
import unicodedata
from typing import Final

from tlgui.core.dataset import Split

# also those that turn the direction of what follows (Unicode Technical Report 36, section 2.7)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_DIGITS: Final = re.compile(r"([0-9]+)")
MAX_LABEL_CHARS: Final = 200  # of a cell; longer ones are no names, and slow to compare
# of folders, and in a table's column of splits
SPLIT_NAMES: Final[dict[str, Split]] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}


def natural_key(name: str) -> str:
    """Return a sort key that puts "10" after "2" and ignores case.

    A digit run sorts by its value without ``int()``, which refuses very long ones: first by how
    many digits it has, then by these. One string per name, because a million keys are in memory
    at once; what ends a run of letters sorts before every letter.
    """
    folded = name.lower() if name.isascii() else unicodedata.normalize("NFC", name).casefold()
    runs = _DIGITS.split(folded)
    for index in range(1, len(runs), 2):
        digits = runs[index].lstrip("0")
        runs[index] = f"\0{chr(len(digits) + 1)}{digits}"
    return f"{''.join(runs)}\0\0{name}"


def class_name(folder: str) -> str:
    """Return the class of a class folder; one spelling for names that look the same."""
    return unicodedata.normalize("NFC", _visible(folder.rpartition("/")[2]))


def _visible(name: str) -> str:
    """Return a name with a blank for every control character, which would reach terminals."""
    return name if name.isprintable() else _CONTROL.sub(" ", name)


def printable(name: str) -> str:
    """Return a name that can be written as UTF-8; undecodable bytes become question marks."""
    return name.encode("utf-8", "replace").decode("utf-8")


def is_text(name: str) -> bool:
    """Whether a file name can be written as UTF-8; some of other systems' cannot."""
    return name.isascii() or printable(name) == name


def plain(name: str) -> str:
    """Return a column's name as it is compared: no case, one kind of separator."""
    return clean(name).casefold().replace(" ", "_").replace("-", "_")


def split_of(cell: str) -> Split | None:
    """Return the part that a cell names, if it names one."""
    return SPLIT_NAMES.get(plain(cell)) if len(cell) <= MAX_LABEL_CHARS else None


def clean(cell: str) -> str:
    """Return a cell as one line without blanks around it; one spelling for what looks the same."""
    return unicodedata.normalize("NFC", _visible(cell).strip())
