"""Names of classes as names of folders, which every system and every drive can have."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

MAX_BYTES: Final = 120  # half of what most file systems allow, so that whole paths stay short too

# what Windows refuses, what nobody sees, and halves of characters
_UNSAFE: Final = re.compile(
    '[<>:"/\\\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]'
)
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.I)


def folder_names(names: Sequence[str]) -> list[str]:
    """Return a folder's name for every name; no two are the same for any system."""
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        plain = folder_name(name)
        free, number = plain, 2
        while _seen(free) in taken:
            free, number = f"{plain} ({number})", number + 1
        taken.add(_seen(free))
        found.append(free)
    return found


def folder_name(name: str) -> str:
    """Return a name for a folder that is as close to ``name`` as every system allows.

    Source:
        Microsoft, "Naming Files, Paths, and Namespaces".
    """
    safe = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip()
    safe = safe.encode()[:MAX_BYTES].decode(errors="ignore").rstrip(" .")
    if safe.startswith(".") or _DEVICE.match(safe):  # hidden, or no file at all
        safe = f"_{safe}"
    return safe or "_"


def _seen(name: str) -> str:
    """Return a name as systems see it that ignore case."""
    return unicodedata.normalize("NFC", name).casefold()
