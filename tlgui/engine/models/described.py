"""What a catalog would say of an imported preset, told by its sizes alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tlgui.core.catalog import PresetInfo, WeightCounts
from tlgui.core.phase import FineTuning
from tlgui.engine.models.any_config import num_values
from tlgui.engine.models.backbone_config import BackboneConfig
from tlgui.engine.models.preset_files import AnyConfig
from tlgui.engine.models.text_config import (
    BertConfig,
    WordVectorsConfig,
    num_text_parameters,
    text_variable_shapes,
)
from tlgui.engine.models.vit_config import ViTConfig

SEQUENCE_LENGTH: Final = 128  # of transformers, whose cost grows with its square
SMALL: Final = ("bias", "gamma", "beta")

# where the catalog has nothing of the family to go by
FINE_TUNING: Final = FineTuning(learning_rate=3e-5, weight_decay=0.01, epochs=4, patience=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What people know of a model and its sizes cannot tell.

    Attributes:
        title: Name for people.
        license: SPDX identifier; "unknown" where nobody said it.
        source: Who published it.
        trained_on: Data of the pretraining.
        languages: ISO 639-1 codes.
        sequence_length: Tokens that texts are best cut to; 0 is as usual.
    """

    title: str
    license: str = "unknown"
    source: str = "unknown"
    trained_on: str = "data that nobody has named"
    languages: tuple[str, ...] = ()
    sequence_length: int = 0


def described_preset(
    name: str, config: AnyConfig, origin: Origin, catalog: Mapping[str, PresetInfo]
) -> PresetInfo:
    """Return the entry of a preset, without what only its files tell.

    How it likes to be trained is taken from the first of its family in the catalog.
    """
    known = [info for info in catalog.values() if info.family == config.family]
    fields = _fields(config)
    alike = [info for info in known if info.num_parameters == fields["num_parameters"]]
    if 0 < origin.sequence_length <= fields.get("max_sequence_length", 0):
        fields["sequence_length"] = origin.sequence_length
    return PresetInfo(
        id=name,
        title=origin.title,
        family=config.family,
        license=origin.license,
        source=origin.source,
        trained_on=origin.trained_on,
        languages=origin.languages,
        feature_size=getattr(config, "feature_size", 0),
        embedded=False,
        num_bytes=0,
        fine_tuning=known[0].fine_tuning if known else FINE_TUNING,
        l2_strengths=known[0].l2_strengths if known else (),
        num_multiply_adds=alike[0].num_multiply_adds if alike else 0,
        weights=_counts(config) or (alike[0].weights if alike else WeightCounts()),
        **fields,
    )


def _fields(config: AnyConfig) -> dict[str, Any]:
    match config:
        case BackboneConfig():
            return {
                "task": "image",
                "input_size_px": config.input_size_px,
                "num_groups": len(config.stages) + 2,
                "num_parameters": num_values(config),
            }
        case ViTConfig():
            return {
                "task": "image",
                "architecture": "transformer",
                "input_size_px": config.input_size_px,
                "num_groups": config.num_layers + 1,
                "num_parameters": num_values(config),
                "poolings": ("first_token", "mean"),
            }
        case BertConfig():
            return {
                "task": "text",
                "architecture": "transformer",
                "sequence_length": min(SEQUENCE_LENGTH, config.max_sequence_length),
                "max_sequence_length": config.max_sequence_length,
                "num_groups": config.num_layers + 1,
                "num_parameters": num_text_parameters(config),
                "poolings": ("mean", "first_token", "layer_mixture"),
            }
        case WordVectorsConfig():
            return {
                "task": "text",
                "architecture": "embedding",
                "sequence_length": 512,
                "max_sequence_length": 8192,
                "num_groups": 1,
                "num_parameters": num_values(config),
            }
    return {"task": "text", "architecture": "counts", "num_groups": 0, "num_parameters": 0}


def _counts(config: AnyConfig) -> WeightCounts | None:
    """Return how many weights can learn; None where only the network itself could tell.

    Low-rank matrices of a kernel with several axes sit before and after its last one.
    """
    match config:
        case WordVectorsConfig():
            rows, columns = config.vocabulary_size, config.feature_size
            return WeightCounts(groups=(rows * columns,), low_rank=rows + columns)
        case BertConfig():
            return _bert_counts(config)
    return None


def _bert_counts(config: BertConfig) -> WeightCounts:
    wide, inner, layers = config.hidden_dim, config.intermediate_dim, config.num_layers
    heads, each = config.num_heads, config.hidden_dim // config.num_heads
    shapes = text_variable_shapes(config)
    projection = wide * heads + each  # of a query, a key or a value
    whole_layer = 3 * projection + heads * each + wide + 2 * (wide + inner)
    per_layer = 4 * (wide * wide + wide) + 2 * wide * inner + inner + wide + 4 * wide
    small = sum(
        shape[0] * (shape[1] if len(shape) > 1 else 1)
        for path, shape in shapes.items()
        if path.endswith(SMALL) and not path.startswith("pooled_dense/")
    )
    return WeightCounts(
        groups=(num_text_parameters(config) - layers * per_layer, *(per_layer,) * layers),
        bias_and_norm=small,
        low_rank=layers * whole_layer,
        low_rank_attention=layers * 2 * projection,
        adapter=layers * (2 * wide + 1),
        adapter_fixed=layers * wide,
        prompt=layers * wide,
    )
