"""Writes ``catalog.toml``: the presets that KerasHub and Keras Applications publish.

Handles are read from KerasHub's own registries and from the tables of Keras Applications, sizes are
counted in each network, which is built without room for its weights, and the rest comes from
``catalog_facts.toml``. Run from the root of the repository, which takes minutes:

    python -m resources.make_catalog
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import keras
import keras_hub

from tlgui.core.catalog import ELSEWHERE
from tlgui.core.settings import resources_folder
from tlgui.engine.models.hub_config import HubConfig
from tlgui.engine.models.layer_groups import layer_groups
from tlgui.engine.models.parts import KERNELS
from tlgui.engine.models.preset_files import AnyConfig
from tlgui.engine.models.presets import build_backbone
from tlgui.engine.models.published_pictures import PICTURES
from tlgui.engine.models.published_texts import TEXTS
from tlgui.engine.models.text_config import BertConfig

FACTS: Final = "catalog_facts.toml"
SMALL: Final = ("bias", "gamma", "beta")
APPLICATIONS: Final = "keras.applications"
TOKENS: Final = 128  # of a text, unless a person wants more

HEADER: Final = """\
# The presets that others publish, as far as tlgui knows their networks: written by
# make_catalog.py, see there. num_parameters counts the backbone without its classifier; of a
# network for pictures and texts, that for pictures. Bytes and sha256 are known once somebody has
# downloaded a preset.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a network tells of itself.

    Attributes:
        num_parameters: Values that features come from.
        feature_size: Length of one feature vector.
        groups: Weights of each layer group, from the input on.
        bias_and_norm: Biases, and scales and offsets of normalizations.
        num_multiply_adds: Of one sample.
    """

    num_parameters: int
    feature_size: int
    groups: tuple[int, ...]
    bias_and_norm: int
    num_multiply_adds: int


def main() -> None:
    """Write the catalog."""
    folder = resources_folder()
    facts = tomllib.loads((folder / FACTS).read_text(encoding="utf-8"))
    handles = hub_handles()
    entries = [_entry(name, facts, handles) for name in facts["presets"]]
    (folder / ELSEWHERE).write_text("\n".join([HEADER, *entries]), encoding="utf-8", newline="\n")


def hub_handles() -> dict[str, str]:
    """Return where KerasHub has each of its presets."""
    classes = [getattr(keras_hub.models, name) for name in dir(keras_hub.models)]
    found = [c.presets for c in classes if hasattr(c, "presets") and hasattr(c, "backbone_cls")]
    found += [c.presets for c in classes if isinstance(c, type) and hasattr(c, "presets")]
    return {name: p["kaggle_handle"] for presets in found for name, p in presets.items()}


def count(config: AnyConfig) -> Counted:
    """Return what a network tells of itself, built without room for its weights."""
    keras.backend.clear_session()
    with keras.StatelessScope(initialize_variables=False):
        backbone = build_backbone(config)
        groups = [[w for x in g.layers for w in x.weights] for g in layer_groups(backbone)]
    every = [weight for group in groups for weight in group]
    return Counted(
        num_parameters=_size(every),
        feature_size=_features(backbone).shape[-1],
        groups=tuple(map(_size, groups)),
        bias_and_norm=_size(w for w in every if w.name in SMALL),
        num_multiply_adds=_multiply_adds(backbone),
    )


def _entry(name: str, facts: Mapping[str, Any], handles: Mapping[str, str]) -> str:
    config = (PICTURES | TEXTS)[name]
    own = facts["presets"][name]
    known = facts["families"][config.family] | own
    counted = count(config)
    is_text = name in TEXTS
    is_attention = is_text or "poolings" in known or config.family in ("swin", "siglip_vision")
    record: dict[str, Any] = {
        "title": known["title"],
        "task": "text" if is_text else "image",
        "family": config.family,
        "architecture": "transformer" if is_attention else "convolutional",
        **(_of_texts(config) if is_text else {"input_size_px": config.input_size_px}),
        **{key: known[key] for key in ("poolings", "languages") if key in known},
        "num_parameters": counted.num_parameters,
        "num_bytes": 0,
        **{key: known[key] for key in ("license", "source", "trained_on")},
        "feature_size": counted.feature_size,
        "num_groups": len(counted.groups),
        "num_multiply_adds": counted.num_multiply_adds,
        "embedded": False,
        "handle": _handle(name, known, handles),
        "fine_tuning": {
            "learning_rate": known["learning_rate"],
            "weight_decay": 0.01 if is_attention else 0.0,
            "epochs": 4 if is_text else 8,
            "patience": 3,
        },
        "weights": {"groups": list(counted.groups), "bias_and_norm": counted.bias_and_norm},
    }
    lines = [f"{key} = {_toml(value)}" for key, value in record.items()]
    return "\n".join([f"[{name}]", *lines, ""])


def _of_texts(config: AnyConfig) -> dict[str, int]:
    assert isinstance(config, HubConfig | BertConfig)
    return {"sequence_length": TOKENS, "max_sequence_length": config.max_sequence_length}


def _handle(name: str, known: Mapping[str, Any], handles: Mapping[str, str]) -> str:
    if known["from"] == APPLICATIONS:
        return f"{_weights_path(known['file'])}{known['file']}"
    return handles[known.get("handle_of", name)]


def _weights_path(file: str) -> str:
    """Return the folder on the network that Keras' own table has for a file."""
    from keras.src.applications import convnext, efficientnet, efficientnet_v2

    tables = {
        "convnext": convnext,
        "efficientnetv2": efficientnet_v2,
        "efficientnetb": efficientnet,
    }
    return next(t.BASE_WEIGHTS_PATH for start, t in tables.items() if file.startswith(start))


def _features(backbone: keras.Model) -> keras.KerasTensor:
    output = backbone.output
    return output["sequence_output"] if isinstance(output, dict) else output


def _multiply_adds(backbone: keras.Model) -> int:
    """Return the multiplications of one sample by weights; attention's own are left out.

    A kernel meets every place of what its layer gives, as often as that is called. Texts have
    ``TOKENS`` places.
    """
    total = 0
    for node in (node for row in backbone._nodes_by_depth.values() for node in row):
        own = [w for w in getattr(node.operation, "weights", ()) if w.name in KERNELS]
        shape = node.output_tensors[0].shape
        total += math.prod(n or TOKENS for n in shape[1:-1]) * _size(own)
    return total


def _size(weights: Any) -> int:
    return sum(math.prod(weight.shape) for weight in weights)


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return f"{value:_}"
        case float():
            return f"{value:g}" if "e" in f"{value:g}" or "." in f"{value:g}" else f"{value:.1f}"
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            return f"{{ {', '.join(f'{key} = {_toml(item)}' for key, item in value.items())} }}"
    return f'"{value}"'


if __name__ == "__main__":
    main()
