"""Presets of the real catalog, for tests that need no files of theirs."""

from dataclasses import replace

from tlgui.core.catalog import read_catalog
from tlgui.core.phase import FineTuning
from tlgui.core.settings import resources_folder

CATALOG = read_catalog(resources_folder() / "models.toml")
LITE0 = CATALOG["efficientnet_lite0_imagenet"]
TEXT = replace(  # a transformer for texts
    LITE0,
    id="a_text_preset",
    task="text",
    architecture="transformer",
    input_size_px=0,
    sequence_length=128,
    max_sequence_length=512,
    poolings=("mean", "first_token", "layer_mixture"),
    languages=("en",),
    fine_tuning=FineTuning(learning_rate=3e-5, weight_decay=0.01, epochs=4, patience=3),
)
PLAIN = replace(  # a method without pretrained weights
    TEXT,
    id="a_plain_method",
    architecture="counts",
    sequence_length=0,
    max_sequence_length=0,
    poolings=("mean",),
    fine_tuning=None,
    l2_strengths=(1e-6, 1e-4),
)
