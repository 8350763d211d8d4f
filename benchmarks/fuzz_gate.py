"""Imports thousands of mutated model files and folders: each is taken or refused, and nothing else.

    python -m benchmarks.fuzz_gate [COUNT] [SEED]

A pack, a folder of Hugging Face and one of another tlgui, made of tiny random models, are
mutated by seed: bits flipped, bytes cut out, doubled, zeroed or set to numbers at the edges, in
the archive, in headers and in configurations. Anything but an import or a ``TlguiError`` of exit
code 3 counts as a crash, and so does a file outside of the data folder. None may take more than
2 s of processor time.
"""

import json
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.engine.models.foreign import shelf, write_bert_folder
from tests.engine.tiny_text import write_tiny_text_preset
from tests.engine.tiny_vit import write_tiny_vit_preset
from tlgui.core.errors import NOT_USABLE, TlguiError
from tlgui.engine.models.import_gate import import_models
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.models.packs import write_pack

SLOWEST_S = 2.0
EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 2**63 - 1, 2**64 - 1)
VALUES = (None, True, -1, 0, 10**30, 1e308, float("nan"), "", "x" * 5000, [], {}, [[]], "../up")
FIRST_BYTES = 2000  # where headers are, which matter more than numbers


def main(count: int = 20_000, seed: int = 0) -> int:
    """Mutate and import; return 1 if anything but an import or a refusal happened."""
    chance = random.Random(seed)
    ends: Counter[str] = Counter()
    slowest_s = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        sources = _sources(Path(scratch, "good"))
        for number in range(count):
            work = Path(scratch, "work")
            shutil.rmtree(work, ignore_errors=True)
            source = _mutated(chance, chance.choice(sources), work / "in")
            started_s = time.process_time()  # other work on the machine does not count
            ends[_imported(source, work)] += 1
            slowest_s = max(slowest_s, time.process_time() - started_s)
            if number % 1000 == 999:
                print(f"{number + 1}: {dict(ends)}, slowest {slowest_s:.2f} s", flush=True)
    crashes = sum(n for end, n in ends.items() if end.startswith("crash"))
    print(f"{count} files, {crashes} crashes, slowest {slowest_s:.2f} s: {dict(ends)}")
    return int(crashes > 0 or slowest_s > SLOWEST_S)


def _sources(folder: Path) -> list[Path]:
    infos = [write_tiny_text_preset(folder / "own_text"), write_tiny_vit_preset(folder / "own_vit")]
    library = PresetLibrary({info.id: info for info in infos}, (folder,))
    write_pack(library, [info.id for info in infos], folder / "stick.tlpack")
    return [folder / "stick.tlpack", write_bert_folder(folder / "bert"), folder / "own_text"]


def _mutated(chance: random.Random, source: Path, to: Path) -> Path:
    to.mkdir(parents=True)
    target = to / source.name
    if source.is_dir():
        shutil.copytree(source, target)
        files = sorted(path for path in target.iterdir() if path.suffix != ".onnx")
    else:
        shutil.copyfile(source, target)
        files = [target]
    for _ in range(chance.randint(1, 3)):
        file = chance.choice(files)
        content = file.read_bytes() or b"\0"
        is_json = file.suffix == ".json" and chance.random() < 0.7
        file.write_bytes(_odd_json(chance, content) if is_json else _odd_bytes(chance, content))
    return target


def _odd_bytes(chance: random.Random, content: bytes) -> bytes:
    end = len(content) if chance.random() < 0.5 else min(FIRST_BYTES, len(content))
    if chance.random() < 0.3:  # where archives keep their directory
        place = len(content) - chance.randrange(1, min(FIRST_BYTES, len(content)) + 1)
    else:
        place = chance.randrange(end + 1)
    length = chance.choice((1, 2, 4, 8, chance.randrange(1, 400)))
    before, middle, after = content[:place], content[place : place + length], content[place:]
    match chance.randrange(7):
        case 0:
            return before
        case 1:
            return before + content[place + length :]
        case 2:
            return before + middle + after
        case 3:
            return before + bytes(len(middle)) + content[place + length :]
        case 4:
            size = chance.choice((1, 2, 4, 8))
            edge = chance.choice(EDGES) % (1 << (8 * size))
            return before + edge.to_bytes(size, "little") + content[place + size :]
        case 5:
            return before + chance.randbytes(length) + after
    flipped = bytes(b ^ (1 << chance.randrange(8)) for b in middle[:1])
    return before + flipped + content[place + 1 :]


def _odd_json(chance: random.Random, content: bytes) -> bytes:
    try:
        record = json.loads(content)
    except (ValueError, RecursionError):
        return content[: len(content) // 2]
    places = list(_places(record))
    if not places:
        return content
    holder, key = chance.choice(places)
    if chance.random() < 0.2:
        del holder[key]
    else:
        holder[key] = chance.choice((*VALUES, chance.choice(EDGES), "bert"))
    return json.dumps(record).encode()


def _places(record: object) -> Iterator[tuple]:
    items = record.items() if isinstance(record, dict) else ()
    items = enumerate(record) if isinstance(record, list) else items
    for key, value in list(items)[:50]:
        yield record, key
        yield from _places(value)


def _imported(source: Path, work: Path) -> str:
    before = sorted(source.parent.rglob("*"))
    try:
        import_models(source, shelf(work))
        end = "taken"
    except TlguiError as error:
        end = error.code if error.exit_code == NOT_USABLE else f"crash {error.code}"
    except BaseException as error:  # noqa: BLE001 (what must never come out)
        traceback.print_exc()
        end = f"crash {type(error).__name__}"
    outside = {path.name for path in work.iterdir()} - {"in", "models"}
    if outside or before != sorted(source.parent.rglob("*")):
        end = f"crash: wrote {outside}"
    if end != "taken" and any(path.is_file() for path in (work / "models").rglob("*")):
        end = "crash: left something behind"
    return end


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
