"""The sizes of a network that KerasHub builds, checked; imports no Keras."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tlgui.engine.models.hub_families import HUB_FAMILIES, HubFamily, Size

MAX_SIDE_PX: Final = 1024
MAX_ROW: Final = 64
MAX_REPEATS: Final = 320  # blocks in all: building more takes minutes
MAX_SCALE: Final = 1000.0

Value = int | float | str | bool | None | tuple[Any, ...]

# what KerasHub takes where a size of a network for texts is left out
USUAL_LENGTHS: Final = {"gpt2": 1024}
USUAL_LENGTH: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class HubConfig:
    """The sizes of one network, in the words of KerasHub's own constructor.

    Attributes:
        family: One of ``HUB_FAMILIES``.
        sizes: By the name of the argument; rows are tuples.
        input_size_px: Side of the square input; 0 for texts.
        pixel_scale: Per channel; input = pixel * scale + offset, pixels in 0..255 RGB.
        pixel_offset: Per channel.
    """

    family: str
    sizes: dict[str, Value]
    input_size_px: int = 0
    pixel_scale: tuple[float, float, float] = (1 / 127.5,) * 3
    pixel_offset: tuple[float, float, float] = (-1.0,) * 3

    @property
    def kind(self) -> HubFamily:
        """What its family is like."""
        return HUB_FAMILIES[self.family]

    @property
    def vocabulary_size(self) -> int:
        """Rows of the table of token embeddings; 0 for pictures."""
        found = self.sizes.get("vocabulary_size", self.sizes.get("vocab_size", 0))
        return found if isinstance(found, int) else 0

    @property
    def max_sequence_length(self) -> int:
        """Tokens of the longest text; 0 for pictures."""
        if self.kind.task == "image":
            return 0
        found = self.sizes.get("max_sequence_length")
        return found if isinstance(found, int) else USUAL_LENGTHS.get(self.family, USUAL_LENGTH)


def hub_config(record: object) -> HubConfig:
    """Return the sizes that a JSON object holds.

    Raises:
        ValueError: a size is missing, unknown or out of range.
    """
    if not isinstance(record, Mapping) or record.get("family") not in HUB_FAMILIES:
        raise ValueError("need an object with a known family")
    sizes = record.get("sizes")
    if not isinstance(sizes, Mapping):
        raise ValueError(f"sizes: need an object, got {sizes!r:.80}")
    side = record.get("input_size_px", 0)
    config = HubConfig(
        family=record["family"],
        sizes=checked_sizes(record["family"], sizes),
        input_size_px=side if type(side) is int else -1,
        pixel_scale=_per_channel(record.get("pixel_scale"), "pixel_scale"),
        pixel_offset=_per_channel(record.get("pixel_offset"), "pixel_offset"),
    )
    check_hub_config(config)
    return config


def checked_sizes(family: str, sizes: Mapping[str, object]) -> dict[str, Value]:
    """Return the sizes of a network as tuples and plain values.

    Raises:
        ValueError: a size is missing, unknown or out of range.
    """
    known = HUB_FAMILIES[family].sizes
    strange = sizes.keys() - known.keys()
    if strange:
        raise ValueError(f"{min(strange):.40}: is no size of {family}")
    found = {}
    for name, size in known.items():
        if name in sizes:
            found[name] = _checked(sizes[name], size, size.depth, name)
        elif not size.may_lack:
            raise ValueError(f"{name}: is missing")
    return found


def check_hub_config(config: HubConfig) -> None:
    """Raise ValueError unless every size is within what we ever build."""
    is_picture = config.kind.task == "image"
    if is_picture and not 8 <= config.input_size_px <= MAX_SIDE_PX:
        raise ValueError(f"input_size_px: need 8 to {MAX_SIDE_PX}, got {config.input_size_px}")
    checked_sizes(config.family, config.sizes)
    repeats = [
        number
        for name, value in config.sizes.items()
        if config.kind.sizes[name].repeats
        for number in _flat(value)
    ]
    if sum(repeats) > MAX_REPEATS:
        raise ValueError(f"{config.family}: need at most {MAX_REPEATS} blocks, got {sum(repeats)}")
    heads, wide = config.sizes.get("num_heads"), config.sizes.get("hidden_dim")
    if isinstance(heads, int) and isinstance(wide, int) and (not heads or wide % heads):
        raise ValueError(f"hidden_dim: {heads} heads cannot share {wide}")


def _checked(value: object, size: Size, depth: int, name: str) -> Value:
    if value is None and size.may_lack:
        return None
    if depth:
        if not isinstance(value, list | tuple) or not 1 <= len(value) <= MAX_ROW:
            raise ValueError(f"{name}: need a row of 1 to {MAX_ROW}, got {value!r:.80}")
        return tuple(_checked(item, size, depth - 1, name) for item in value)
    if not _fits(value, size):
        raise ValueError(f"{name}: {value!r:.80} is out of range")
    return value  # type: ignore[return-value]


def _fits(value: object, size: Size) -> bool:
    match size.kind:
        case "switch":
            return type(value) is bool
        case "choice":
            return type(value) is str and value in size.choices
        case "integer":
            return type(value) is int and 0 <= value <= size.highest
    return type(value) in (int, float) and 0 <= value <= size.highest  # type: ignore[operator]


def _flat(value: object) -> Iterable[int]:
    if isinstance(value, tuple):
        for item in value:
            yield from _flat(item)
    elif isinstance(value, int):
        yield value


def _per_channel(value: object, name: str) -> tuple[float, float, float]:
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise ValueError(f"{name}: need 3 numbers, got {value!r:.80}")
    for number in value:
        if type(number) not in (int, float) or not -MAX_SCALE <= number <= MAX_SCALE:
            raise ValueError(f"{name}: {number!r:.40} is out of range")
    first, second, third = map(float, value)
    return first, second, third
