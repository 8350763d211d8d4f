"""Where the application keeps its files, and what it remembers between starts."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from tlgui.core import durable
from tlgui.core.records import from_record

SETTINGS_VERSION: Final = 1
SHARED_MODELS: Final = "TLGUI_SHARED_MODELS"
Theme = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the window remembers.

    Attributes:
        theme: Colors of the window.
        last_folder: Where the folder dialog opens.
        window_geometry: The window's place and size, as Qt encodes it, base64.
        country: Whose electricity runs take, an ISO 3166 code of three letters; "" is the world's.
    """

    version: int = SETTINGS_VERSION
    theme: Theme = "system"
    last_folder: str = ""
    window_geometry: str = ""
    country: str = ""


# from version N to N + 1; every entry has a test
MIGRATIONS: Final[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {}


@dataclass(frozen=True, slots=True)
class Home:
    """The application's own folder on this computer."""

    path: Path

    @property
    def runs(self) -> Path:
        """Folder of the runs that were given no place of their own."""
        return self.path / "runs"

    @property
    def jobs(self) -> Path:
        """Folder of scans and other work that belongs to no run."""
        return self.path / "jobs"

    @property
    def trash(self) -> Path:
        """Folder of discarded runs."""
        return self.path / "trash"

    @property
    def models(self) -> Path:
        """Folder of presets that are not embedded."""
        return self.path / "models"

    @property
    def cache(self) -> Path:
        """Folder of what can be computed again."""
        return self.path / "cache"

    @property
    def corrections(self) -> Path:
        """Folder of what a person says of samples against their folders."""
        return self.path / "corrections"

    @property
    def settings(self) -> Path:
        """File of the settings."""
        return self.path / "settings.json"


def application_home(environment: Mapping[str, str], platform: str = sys.platform) -> Home:
    """Return the folder that ``TLGUI_HOME`` names, or the system's place for such data."""
    if environment.get("TLGUI_HOME"):
        return Home(Path(environment["TLGUI_HOME"]).expanduser().absolute())
    user = Path.home()
    if platform == "win32":
        return Home(Path(environment.get("LOCALAPPDATA", user)) / "tlgui")
    if platform == "darwin":
        return Home(user / "Library" / "Application Support" / "tlgui")
    return Home(Path(environment.get("XDG_DATA_HOME") or user / ".local" / "share") / "tlgui")


def resources_folder() -> Path:
    """Return the folder with the catalog, the embedded presets and the example."""
    bundled = getattr(sys, "_MEIPASS", None)
    root = Path(bundled) if bundled else Path(__file__).parents[2]
    return root / "resources"


def model_folders(home: Home, resources: Path, environment: Mapping[str, str]) -> tuple[Path, ...]:
    """Return where presets lie: embedded, the user's own, and those that an administrator shares.

    ``TLGUI_SHARED_MODELS`` names the shared folder; nothing is ever written there.
    """
    shared = environment.get(SHARED_MODELS)
    own = (resources / "models", home.models)
    return (*own, Path(shared).expanduser().absolute()) if shared else own


def read_settings(path: Path) -> Settings:
    """Return the settings; a missing or damaged file gives the defaults."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        while record["version"] in MIGRATIONS:
            record = MIGRATIONS[record["version"]](record)
        return from_record(Settings, record)
    except (OSError, ValueError, KeyError, TypeError):
        return Settings()


def write_settings(path: Path, settings: Settings) -> None:
    """Replace the settings file.

    Raises:
        TlguiError: the file cannot be written.
    """
    durable.make_folder(path.parent)
    durable.replace_file(path, json.dumps(asdict(settings), indent=2))
