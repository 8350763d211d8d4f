"""Counts the weights of a preset that can learn in each way: its ``weights`` in the catalog.

Run from the root of the repository; writes TOML to be put into ``models.toml``:

    python -m resources.count_weights efficientnet_lite0_imagenet
"""

import sys
from collections.abc import Callable, Iterable
from typing import Final

import keras

from resources.convert_preset import RECIPES
from tlgui.core.catalog import PresetInfo, WeightCounts, read_catalog
from tlgui.core.phase import Selection
from tlgui.core.settings import resources_folder
from tlgui.engine.models.adapters import add_adapters
from tlgui.engine.models.layer_groups import layer_groups
from tlgui.engine.models.low_rank import add_low_rank
from tlgui.engine.models.preset_files import read_preset_config
from tlgui.engine.models.presets import build_backbone
from tlgui.engine.models.prompts import add_prompts

Add = Callable[[keras.Model, Selection], keras.Model]

SMALL: Final = ("bias", "gamma", "beta")


def main(names: Iterable[str]) -> None:
    """Write the counts of some presets."""
    catalog = read_catalog(resources_folder() / "models.toml")
    for name in names:
        counts = count_weights(catalog[name])
        sys.stdout.write(f"[{name}.weights]\n")
        for field in counts.__slots__:
            value = getattr(counts, field)
            if isinstance(value, tuple):
                sys.stdout.write(f"{field} = [{', '.join(f'{count:_}' for count in value)}]\n")
            elif value:
                sys.stdout.write(f"{field} = {value:_}\n")


def count_weights(info: PresetInfo) -> WeightCounts:
    """Return what can learn of a preset, counted in its network without its weights."""

    def backbone() -> keras.Model:
        recipe = RECIPES.get(info.id)
        folder = resources_folder() / "models" / info.id
        return build_backbone(recipe.config if recipe else read_preset_config(folder).backbone)

    def added(add: Add, size: int, **choices: str) -> int:
        plain = backbone()
        count = _count(_grouped(plain))
        return _count(_grouped(add(plain, Selection(size=size, **choices)))) - count

    groups = [[w for x in g.layers for w in x.weights] for g in layer_groups(backbone())]
    has_blocks = info.architecture in ("convolutional", "transformer")
    is_transformer = info.architecture == "transformer"
    adapter = [added(add_adapters, size) for size in (1, 2)] if has_blocks else [0, 0]
    return WeightCounts(
        groups=tuple(map(_count, groups)),
        bias_and_norm=_count(w for group in groups for w in group if w.name in SMALL),
        low_rank=added(add_low_rank, 1, targets="all"),
        low_rank_attention=added(add_low_rank, 1, targets="attention") if is_transformer else 0,
        adapter=adapter[1] - adapter[0],
        adapter_fixed=2 * adapter[0] - adapter[1],
        prompt=added(add_prompts, 1) if is_transformer else 0,
    )


def _grouped(backbone: keras.Model) -> list[keras.Variable]:
    return [w for group in layer_groups(backbone) for x in group.layers for w in x.weights]


def _count(variables: Iterable[keras.Variable]) -> int:
    return sum(int(keras.ops.size(variable)) for variable in variables)


if __name__ == "__main__":
    main(sys.argv[1:])
