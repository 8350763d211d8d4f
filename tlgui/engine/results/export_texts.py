"""What is particular to a bundle of a model of texts."""

import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import keras

from tlgui.core.settings import resources_folder
from tlgui.engine.child import FreshModel
from tlgui.engine.data.features import BATCH_SIZE
from tlgui.engine.data.table_rows import no_tick
from tlgui.engine.data.text_source import read_texts, reading_order
from tlgui.engine.models import word_counts
from tlgui.engine.models.classifiers import open_reader
from tlgui.engine.models.linear_head import BIAS, KERNEL
from tlgui.engine.models.preset_files import TOKENIZER_FILE
from tlgui.engine.models.preset_tokenizer import load_tokenizer
from tlgui.engine.models.trained_model import build_trained_model
from tlgui.engine.results.bundle import (
    MODEL_FILE,
    Trained,
    answer_layers,
    write_json,
    write_preprocessing,
)
from tlgui.engine.results.comparison import Answers

SCRIPT: Final = "predict.py"
USAGE: Final = """
`python predict.py "a text" "another text"` answers; the first lines of that file name the
packages it needs. In a program: `TextClassifier().probabilities(texts)`.
"""


def write_model(trained: Trained, bundle: Path) -> None:
    """Write the model, its tokenizer or vocabulary, and the script that brings them together."""
    if trained.preset.family == word_counts.FAMILY:
        _write_word_counts(trained, bundle)
    else:
        _write_tokens(trained, bundle)


def compared(trained: Trained, bundle: Path) -> Iterator[Answers]:
    """Yield our answers and the bundle's for every test text."""
    reader = open_reader(trained.plan, trained.preset, trained.preset_folder)
    test = trained.dataset.of_split("test")
    ordered = [test[index] for index in reading_order(trained.dataset, test)]
    texts = read_texts(trained.dataset, ordered, no_tick)
    with FreshModel(str(bundle / SCRIPT)) as exported:
        while batch := list(islice(texts, BATCH_SIZE)):
            ours = trained.classifier(reader.collate(batch))
            yield Answers(ours=ours, theirs=exported.of_texts(batch))


def _write_tokens(trained: Trained, bundle: Path) -> None:
    model = build_trained_model(trained.preset_folder, trained.tensors, trained.plan)
    probabilities = answer_layers(model.output, trained.temperature)
    keras.Model(model.input, probabilities, name="tlgui_classifier").save(bundle / MODEL_FILE)
    shutil.copyfile(trained.preset_folder / TOKENIZER_FILE, bundle / TOKENIZER_FILE)
    shutil.copyfile(_script("predict_tokens.py"), bundle / SCRIPT)
    tokenizer = load_tokenizer(trained.preset_folder, trained.plan.sequence_length)
    preprocessing = {
        "tokenizer": "tokenizer.json, of the package tokenizers",
        "sequence_length": tokenizer.sequence_length,
        "left_out_id": tokenizer.left_out_id,
        "needs_keras_hub": any(type(x).__module__.startswith("keras_hub") for x in model.layers),
    }
    write_preprocessing(trained, bundle, preprocessing)


def _write_word_counts(trained: Trained, bundle: Path) -> None:
    kernel, bias = trained.tensors[KERNEL], trained.tensors[BIAS]
    counts = keras.Input((len(kernel),), name="word_counts")
    head = keras.layers.Dense(len(bias), activation="softmax", name="head")
    model = keras.Model(counts, head(counts), name="tlgui_classifier")
    head.set_weights([kernel / trained.temperature, bias / trained.temperature])
    model.save(bundle / MODEL_FILE)
    terms = word_counts.WordCounts.from_tensors(trained.tensors).weights()
    write_json(bundle / "vocabulary.json", terms)
    shutil.copyfile(_script("predict_word_counts.py"), bundle / SCRIPT)
    preprocessing = {
        "vectorizer": "TfidfVectorizer of scikit-learn, see predict.py",
        "token_pattern": word_counts.TOKEN_PATTERN,
        "ngram_range": list(word_counts.NGRAM_RANGE),
    }
    write_preprocessing(trained, bundle, preprocessing)


def _script(name: str) -> Path:
    return resources_folder() / "bundle" / name
