"""What is particular to a bundle of a model of texts."""

import shutil
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import keras
import numpy as np

from tlgui.core.dataset import Sample
from tlgui.engine.data.features import BATCH_SIZE
from tlgui.engine.data.table_rows import no_tick
from tlgui.engine.data.text_source import read_texts, reading_order
from tlgui.engine.models import word_counts
from tlgui.engine.models.linear_head import BIAS, KERNEL
from tlgui.engine.models.preset_files import TOKENIZER_FILE
from tlgui.engine.models.preset_tokenizer import load_tokenizer
from tlgui.engine.models.strangeness import Strangeness
from tlgui.engine.models.trained_model import build_trained_model
from tlgui.engine.results.bundle import Trained, TrainedModel, answer_layers, write_json
from tlgui.engine.results.exportable import FixedGraph, SampleBatch
from tlgui.engine.results.flagging import flagged, head_input
from tlgui.engine.results.joint_model import joint_model

GOLDEN_CHARACTERS: Final = 2000


class _TextExport:
    """What models of texts have in common."""

    def __init__(self, trained: Trained) -> None:
        self.trained = trained
        self._model = trained.models[0]  # whose reading is that of all

    def batches(self, samples: Sequence[Sample]) -> Iterator[SampleBatch]:
        """Yield texts; see there."""
        found = self._samples(samples)
        while batch := list(islice(found, BATCH_SIZE)):
            yield self._batch([text for _, text in batch], [sample.label for sample, _ in batch])

    def write_golden(self, samples: Sequence[Sample], folder: Path) -> list[Path]:
        """Write the beginnings of texts; see there."""
        files = []
        for number, (_, text) in enumerate(self._samples(samples), 1):
            files.append(folder / f"{number}.txt")
            files[-1].write_bytes(text[:GOLDEN_CHARACTERS].encode("utf-8", "replace"))
        return files

    def read_golden(self, path: Path) -> SampleBatch:
        """Return such a text."""
        return self._batch([path.read_bytes().decode("utf-8")], [-1])

    def _samples(self, samples: Sequence[Sample]) -> Iterator[tuple[Sample, str]]:
        ordered = [samples[index] for index in reading_order(self.trained.dataset, samples)]
        texts = read_texts(self.trained.dataset, ordered, no_tick)
        return zip(ordered, texts, strict=True)

    def _batch(self, texts: Sequence[str], labels: Sequence[int]) -> SampleBatch:
        contents = tuple(map(self.trained.answerer.of_text, texts))
        return SampleBatch(items=texts, contents=contents, labels=np.array(labels))


class TokenExport(_TextExport):
    """The ``Exportable`` of a model that reads tokens; see there."""

    script = "predict_tokens.py"
    packages: tuple[str, ...] = ("numpy", "tokenizers")

    def stock_model(self) -> keras.Model:
        """Return the model; its layers are those of Keras and KerasHub."""
        flags = self.trained.strangeness
        members = [_token_classifier(model, flags) for model in self.trained.models]
        return joint_model(members, self.trained.answerer.temperature)

    def graph(self) -> keras.Model:
        """Return the same model; see there."""
        return self.stock_model()

    def fixed_graph(self) -> FixedGraph:
        """Return a model of texts of the longest length that the plan reads."""
        model = self.stock_model()
        length = self._model.plan.sequence_length or self._model.preset.max_sequence_length
        inputs = {
            name: keras.Input((length,), dtype=tensor.dtype, name=name)
            for name, tensor in model.input.items()
        }
        fixed = keras.Model(inputs, model(inputs), name=model.name)
        return FixedGraph(model=fixed, settings={"fixed_length": length})

    def settings(self) -> dict[str, object]:
        """Return how texts become tokens."""
        model = self._model
        tokenizer = load_tokenizer(model.preset_folder, model.plan.sequence_length)
        return {
            "reads": "tokens",
            "tokenizer": "tokenizer.json, of the package tokenizers",
            "sequence_length": tokenizer.sequence_length,
            "fixed_length": None,
            "left_out_id": tokenizer.left_out_id,
        }

    def write_companions(self, bundle: Path) -> None:
        """Write the tokenizer."""
        shutil.copyfile(self._model.preset_folder / TOKENIZER_FILE, bundle / TOKENIZER_FILE)


class WordCountExport(_TextExport):
    """The ``Exportable`` of a model that counts words; see there."""

    script = "predict_word_counts.py"
    packages: tuple[str, ...] = ("numpy", "scikit-learn")

    def __init__(self, trained: Trained) -> None:
        super().__init__(trained)
        self._counts = word_counts.WordCounts.from_tensors(self._model.tensors)

    def stock_model(self) -> keras.Model:
        """Return the linear layer from the weighed counts to probabilities."""
        trained = self._model
        kernel, bias = trained.tensors[KERNEL], trained.tensors[BIAS]
        counts = keras.Input((len(kernel),), name="word_counts")
        head = keras.layers.Dense(len(bias), activation="softmax", name="head")
        model = keras.Model(counts, head(counts), name="tlgui_classifier")
        head.set_weights([kernel / trained.temperature, bias / trained.temperature])
        return model

    def graph(self) -> keras.Model:
        """Return the same model; see there."""
        return self.stock_model()

    def fixed_graph(self) -> FixedGraph:
        """Return the same: there is one count per word of the vocabulary."""
        return FixedGraph(model=self.stock_model(), settings={})

    def settings(self) -> dict[str, object]:
        """Return how texts become counts."""
        return {
            "reads": "word_counts",
            "vectorizer": "TfidfVectorizer of scikit-learn, see predict.py",
            "token_pattern": word_counts.TOKEN_PATTERN,
            "ngram_range": list(word_counts.NGRAM_RANGE),
        }

    def write_companions(self, bundle: Path) -> None:
        """Write the vocabulary with its weights."""
        write_json(bundle / "vocabulary.json", self._counts.weights())


def reads_like(model: TrainedModel, other: TrainedModel) -> bool:
    """Return whether two models take a text in the same way, so that one bundle can hold both."""
    if model is other:
        return True
    files = [m.preset_folder / TOKENIZER_FILE for m in (model, other)]
    has_tokens = all(file.exists() for file in files)  # each word count has words of its own
    is_same = has_tokens and files[0].read_bytes() == files[1].read_bytes()
    lengths = {(m.plan.sequence_length, m.preset.max_sequence_length) for m in (model, other)}
    return is_same and len(lengths) == 1


def _token_classifier(trained: TrainedModel, strangeness: Strangeness | None) -> keras.Model:
    model = build_trained_model(trained.preset_folder, trained.tensors, trained.plan)
    probabilities = answer_layers(model.output, trained.temperature)
    answers = flagged(probabilities, head_input(model), strangeness)
    return keras.Model(model.input, answers, name="tlgui_classifier")
