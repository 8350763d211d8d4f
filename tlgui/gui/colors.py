"""The design tokens: every color of the window, light and dark."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Colors:
    """The design tokens of one scheme, as ``#RRGGBB``."""

    background: str
    panel: str
    line: str
    text: str
    muted: str
    accent: str
    accent_text: str
    soft: str
    train: str
    unseen: str
    good: str
    warning: str
    warning_ground: str


LIGHT: Final = Colors(
    background="#F7F7F5",
    panel="#FFFFFF",
    line="#E3E3DF",
    text="#1F2328",
    muted="#68707A",
    accent="#2563C9",
    accent_text="#FFFFFF",
    soft="#EAF0FA",
    train="#0072B2",
    unseen="#D55E00",
    good="#008060",
    warning="#9A6700",
    warning_ground="#FFF6DD",
)

DARK: Final = Colors(
    background="#1C1D20",
    panel="#25272B",
    line="#383B40",
    text="#E8E8E6",
    muted="#9BA1A9",
    accent="#6BA3FF",
    accent_text="#10151D",
    soft="#2C3442",
    train="#56B4E9",
    unseen="#E69F00",
    good="#35B58A",
    warning="#E3B341",
    warning_ground="#393221",
)
