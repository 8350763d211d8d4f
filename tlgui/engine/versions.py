"""Which versions computed a result."""

from importlib.metadata import PackageNotFoundError, version

from tlgui import __version__


def package_versions(*names: str) -> dict[str, str]:
    """Return the versions of tlgui and of the named packages; "unknown" without metadata."""
    return {"tlgui": __version__, **{name: _version(name) for name in names}}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # a frozen build carries metadata only where it was told to
        return "unknown"
