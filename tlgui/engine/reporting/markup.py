"""HTML and SVG from small pure functions; what comes from a person cannot become markup."""

import base64
from collections.abc import Iterable, Sequence
from html import escape


class Html(str):
    """Markup; every other string is escaped where it is put in."""

    __slots__ = ()


def tag(name: str, *children: str, **attributes: str | float) -> Html:
    """Return an element; ``class_`` is the attribute class, other underscores are dashes."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
    )
    return Html(f"<{name}{given}>{join(children)}</{name}>")


def join(parts: Iterable[str]) -> Html:
    """Return parts one after the other, plain ones escaped."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts))


def section(title: str, *children: str) -> Html:
    """Return a part of the page under a heading; nothing where nothing is in it."""
    return tag("section", tag("h2", title), *children) if any(children) else Html("")


def paragraph(text: str, class_: str = "") -> Html:
    """Return a paragraph; nothing for no text."""
    return (tag("p", text, class_=class_) if class_ else tag("p", text)) if text else Html("")


def bullets(items: Iterable[str], class_: str = "plain") -> Html:
    """Return a list; nothing for no items."""
    entries = [tag("li", item) for item in items]
    return tag("ul", *entries, class_=class_) if entries else Html("")


def pairs(rows: Iterable[tuple[str, str]]) -> Html:
    """Return a table of names and values; rows without a value are left out."""
    shown = [tag("tr", tag("th", name, scope="row"), tag("td", v)) for name, v in rows if v]
    return tag("table", *shown, class_="pairs") if shown else Html("")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    """Return a table whose first column names the rows."""
    head = tag("tr", *(tag("th", name, scope="col") for name in header))
    body = [
        tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:]))
        for row in rows
    ]
    return tag("table", tag("thead", head), tag("tbody", *body))


def picture(content: bytes, alt: str) -> Html:
    """Return a JPEG that is part of the page."""
    data = base64.b64encode(content).decode()
    return Html(f'<img alt="{escape(alt)}" src="data:image/jpeg;base64,{data}">')
