"""The sizes of every published network that tlgui knows, by the id of its preset."""

from typing import Final

from tlgui.engine.models import foreign_pictures
from tlgui.engine.models.preset_files import AnyConfig
from tlgui.engine.models.published_pictures import PICTURES
from tlgui.engine.models.published_texts import TEXTS

PUBLISHED: Final[dict[str, AnyConfig]] = {**foreign_pictures.PUBLISHED, **PICTURES, **TEXTS}
