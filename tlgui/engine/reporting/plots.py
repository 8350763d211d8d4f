"""Plots as SVG that print well, in the colors of the window."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tlgui.engine.reporting.markup import Html, join, tag

TRAIN: Final = "#0072B2"
UNSEEN: Final = "#D55E00"
QUIET: Final = "#68707A"
LINE: Final = "#E3E3DF"
SOFT: Final = "#F1F4FA"
# told apart by people who see colors differently: Okabe and Ito 2008, "Color Universal Design"
MANY: Final = ("#0072B2", "#D55E00", "#008060", "#CC79A7", "#B58900", "#56B4E9", "#1F2328")
SHARES: Final = (0.0, 1.0)  # the range of an axis
WIDTH: Final = 340.0
HEIGHT: Final = 200.0
LEFT: Final = 44.0
RIGHT: Final = 10.0
TOP: Final = 18.0
BOTTOM: Final = 34.0

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One line of a plot, or its dots where it has few of them."""

    name: str
    points: Points
    color: str
    has_dots: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A stretch of the horizontal axis that has a name."""

    name: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """What a plot's axes show.

    Attributes:
        x: Name of the horizontal one.
        y: Name of the vertical one.
        x_range: From left to right; the ends differ.
        y_range: From bottom to top; likewise.
        y_digits: Digits behind the point of its labels.
        x_digits: Likewise.
    """

    x: str
    y: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_digits: int = 0
    y_digits: int = 1

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point lies in the picture."""
        (left, right), (low, high) = self.x_range, self.y_range
        across = (x - left) / (right - left) * (WIDTH - LEFT - RIGHT)
        up = (y - low) / (high - low) * (HEIGHT - TOP - BOTTOM)
        return LEFT + across, HEIGHT - BOTTOM - up


def plot(
    axes: Axes,
    curves: Sequence[Curve],
    *,
    bands: Sequence[Band] = (),
    diagonal: bool = False,
    sentence: str = "",
) -> Html:
    """Return curves in one frame; ``sentence`` is what a screen reader says of it."""
    (left, right), (low, high) = axes.x_range, axes.y_range
    guide = [_line(axes, ((left, low), (right, high)), LINE, "4 3")] if diagonal else []
    shapes = [*_bands(axes, bands), *_frame(axes), *guide, *(_curve(axes, c) for c in curves)]
    return tag(
        "figure",
        tag(
            "svg",
            tag("title", sentence or axes.y),
            *shapes,
            viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
            role="img",
        ),
        _legend(curves) if len(curves) > 1 else Html(""),
    )


def _bands(axes: Axes, bands: Sequence[Band]) -> list[Html]:
    shapes = []
    for number, band in enumerate(bands):
        (x, y), (end, base) = (
            axes.at(band.start, axes.y_range[1]),
            axes.at(band.end, axes.y_range[0]),
        )
        if number % 2 == 0:
            shapes.append(
                _shape("rect", x=x, y=y, width=max(0.0, end - x), height=base - y, fill=SOFT)
            )
        shapes.append(_text(band.name, x + 3, TOP - 6, "start"))
    return shapes


def _frame(axes: Axes) -> list[Html]:
    shapes = []
    for share in (0.0, 0.5, 1.0):
        y = axes.y_range[0] + share * (axes.y_range[1] - axes.y_range[0])
        at = axes.at(axes.x_range[0], y)[1]
        shapes.append(_line(axes, ((axes.x_range[0], y), (axes.x_range[1], y)), LINE))
        shapes.append(_text(f"{y:.{axes.y_digits}f}", LEFT - 5, at + 3, "end"))
    for x, anchor in zip(axes.x_range, ("start", "end"), strict=True):
        at = axes.at(x, 0)[0]
        shapes.append(_text(f"{x:.{axes.x_digits}f}", at, HEIGHT - BOTTOM + 13, anchor))
    middle = (LEFT + WIDTH - RIGHT) / 2
    shapes.append(_text(axes.x, middle, HEIGHT - BOTTOM + 24, "middle"))
    return shapes


def _curve(axes: Axes, curve: Curve) -> Html:
    shapes = [_line(axes, curve.points, curve.color, width=1.6)]
    if curve.has_dots:
        for x, y in (axes.at(*point) for point in curve.points):
            shapes.append(_shape("circle", cx=x, cy=y, r=2.5, fill=curve.color))
    return join(shapes)


def _legend(curves: Sequence[Curve]) -> Html:
    entries = [
        tag("span", tag("i", "", style=f"background:{curve.color}"), curve.name) for curve in curves
    ]
    return tag("figcaption", *entries)


def _line(axes: Axes, points: Points, color: str, dashes: str = "", width: float = 1.0) -> Html:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in (axes.at(*point) for point in points))
    return _shape(
        "polyline",
        points=places,
        fill="none",
        stroke=color,
        stroke_width=width,
        stroke_dasharray=dashes or "none",
    )


def _text(words: str, x: float, y: float, anchor: str) -> Html:
    return tag("text", words, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor)


def _shape(name: str, **attributes: str | float) -> Html:
    numbers = {k: f"{v:.1f}" if isinstance(v, float) else v for k, v in attributes.items()}
    return tag(name, **numbers)
