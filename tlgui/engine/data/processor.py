"""What the maker calls this computer's processor."""

import platform
from pathlib import Path


def processor_name() -> str:
    """Return what the maker calls the processor, or at least its architecture."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
