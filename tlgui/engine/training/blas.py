"""Keeps the linear algebra of two packages out of each other's way."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from threadpoolctl import ThreadpoolController


@contextmanager
def scipy_on_one_thread() -> Iterator[None]:
    """Let SciPy's copy of BLAS use one thread for a while; NumPy's keeps all.

    Each package brings a copy, and the threads of each keep a core busy while they wait for
    work. Where an optimizer of SciPy takes turns with products of NumPy, all wait for one
    another: a head took eight times as long on two cores. SciPy's part is the short one.
    """
    controller = ThreadpoolController()
    own = [lib.filepath for lib in controller.lib_controllers if _is_of_scipy(lib.filepath)]
    with controller.select(filepath=own).limit(limits=1):
        yield


def _is_of_scipy(path: str) -> bool:
    # .../scipy.libs/FILE, on a Mac .../scipy/.dylibs/FILE
    return any("scipy" in part for part in PurePath(path).parts[-3:-1])
