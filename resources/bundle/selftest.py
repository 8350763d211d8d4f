"""Checks that this bundle is as it was written and that its model still answers as it did.

    pip install -r requirements.txt
    python selftest.py

ends with 0 if all is well and with 1 if it is not, and says which in one sentence.
"""

import hashlib
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main():
    """Return the exit code."""
    sys.dont_write_bytecode = True
    certificate = json.loads((HERE / "certificate.json").read_text("utf-8"))
    changed = [n for n, digest in certificate["sha256"].items() if digest_of(HERE / n) != digest]
    if changed:
        return fail(f"These files are missing or not as they were written: {', '.join(changed)}.")
    sys.path.insert(0, str(HERE))
    import numpy as np
    from predict import Classifier  # not before its file has been checked

    golden = json.loads((HERE / "golden" / "answers.json").read_text("utf-8"))
    classifier, largest, strange = Classifier(), 0.0, 0.0
    for name, expected in golden["probabilities"].items():
        said = classifier.answers([classifier.read(HERE / "golden" / name)])
        [row] = said["probabilities"]
        largest = float(np.maximum(largest, np.abs(row - np.array(expected)).max()))
        if "strangeness" in golden:
            known = golden["strangeness"][name]
            difference = abs(said["strangeness"][0] - known) / max(known, 1)
            strange = float(np.maximum(strange, difference))
    count = len(golden["probabilities"])
    if not largest <= golden["tolerance"]:
        return fail(f"The answers to {count} samples differ: a probability by {largest:.2g}.")
    if not strange <= golden["tolerance"]:
        return fail(f"What is unlike the training data differs for {count} samples: {strange:.2g}.")
    print(  # noqa: T201 (for the person who runs it)
        f"All {len(certificate['sha256'])} files are as they were written, and the answers to "
        f"{count} samples are the same: no probability differs by more than {largest:.1g}."
    )
    return 0


def fail(sentence):
    """Say what is wrong and return the exit code."""
    sys.stderr.write(sentence + "\n")
    return 1


def digest_of(path):
    """Return the SHA-256 of a file, or nothing where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
