"""The one entry of tlgui: the window, the command line, or one engine process.

It imports nothing heavy before it knows which of the three it is. A frozen build has no
``python -m``, so the engine process is this program again with ``--engine``.
"""

import multiprocessing
import sys
from collections.abc import Sequence
from pathlib import Path

COMMANDS = (
    "scan",
    "advise",
    "find-rate",
    "train",
    "resume",
    "evaluate",
    "review",
    "compare",
    "ensemble",
    "predict",
    "explain",
    "export",
    "report",
    "script",
    "presets",
    "strategies",
    "runs",
    "doctor",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Dispatch on the first argument and return the exit code.

    Args:
        argv: What follows the program's name; None takes it from ``sys.argv``. The engine gets
            what follows ``--engine``, the command line and the window get all of it.
    """
    multiprocessing.freeze_support()
    arguments = list(sys.argv[1:] if argv is None else argv)
    first = arguments[0] if arguments else ""
    if first == "--engine":
        from tlgui.engine.worker import main as engine_main

        return engine_main(arguments[1:])
    opens_window = not first or first == "--example" or Path(first).exists()
    if opens_window and first not in COMMANDS:
        from tlgui.app import main as app_main

        return app_main(arguments)
    from tlgui.cli import main as cli_main

    return cli_main(arguments)


if __name__ == "__main__":
    sys.exit(main())
