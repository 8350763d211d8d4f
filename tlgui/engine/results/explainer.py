"""Says what speaks for an answer of a run's model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tlgui.core import durable
from tlgui.core.errors import TlguiError
from tlgui.core.explanation import Explanation, WordWeight
from tlgui.core.run_folder import clean_name
from tlgui.engine.channel import Channel
from tlgui.engine.data.images import decode
from tlgui.engine.models.preset_files import read_preset_config
from tlgui.engine.models.preset_tokenizer import load_tokenizer
from tlgui.engine.models.temperature import cooled
from tlgui.engine.models.text_config import WordVectorsConfig
from tlgui.engine.results import word_weights
from tlgui.engine.results.explained_samples import Item
from tlgui.engine.results.heat_pictures import SIDE_PX, overlay, png_bytes, scaled, small_copy
from tlgui.engine.results.opened_run import OpenedRun

if TYPE_CHECKING:
    from tlgui.engine.results.heat_maps import HeatMaps

MAX_TEXT: Final = 6_000  # characters that are shown of a text


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is asked about an answer.

    Attributes:
        target: The class to explain; "" is the predicted one.
        against: A class to compare it with; "" is all others.
    """

    target: str = ""
    against: str = ""


class Explainer:
    """Explains one sample after the other; the model stays loaded."""

    def __init__(self, opened: OpenedRun, folder: Path, channel: Channel) -> None:
        """Prepare.

        Args:
            opened: Whose model it is.
            folder: Where pictures go.
            channel: Events out, requests in.
        """
        self._opened = opened
        self._folder = folder
        self._channel = channel
        self._heat_maps: HeatMaps | None = None

    def warm_up(self) -> None:
        """Build what the first explanation would have to wait for."""
        if self._opened.dataset.modality == "image":
            self._opened_heat_maps()

    def explain(self, item: Item, view: View, name: str) -> Explanation:
        """Return what speaks for a class.

        Args:
            item: What was asked about.
            view: Which class.
            name: Begins the names of the pictures that are written.

        Raises:
            TlguiError: there is no such class, or a picture cannot be written.
            JobStopped: a person asked for it.
        """
        opened, classes = self._opened, self._opened.dataset.classes
        [raw] = opened.model.classify(opened.reader.collate([item.content]))
        [probabilities] = cooled(raw[None], opened.temperature)
        predicted = classes[int(probabilities.argmax())]
        target = self._known(view.target or predicted)
        against = self._known(view.against) if view.against not in ("", target) else ""
        explanation = Explanation(
            file=item.file,
            modality=opened.dataset.modality,
            method="linear",
            true=item.true,
            predicted=predicted,
            target=target,
            against=against,
            probabilities=tuple(map(float, probabilities)),
        )
        counts = word_weights.direction(
            len(classes), classes.index(target), classes.index(against) if against else None
        )
        if opened.dataset.modality == "image":
            return self._with_picture(explanation, item, counts, name)
        return self._with_words(explanation, item.content, counts)

    def _known(self, name: str) -> str:
        classes = self._opened.dataset.classes
        if name not in classes:
            rule = f"the model knows {', '.join(classes)}"
            raise TlguiError("setting_invalid", name="class", value=name, rule=rule)
        return name

    def _with_picture(
        self, explanation: Explanation, item: Item, counts: NDArray[np.floating], name: str
    ) -> Explanation:
        maps = self._opened_heat_maps()
        heat = maps.heat(item.content, counts)
        assert item.path
        picture = small_copy(decode(item.path, SIDE_PX).pixels)
        kinds = clean_name("-".join(filter(None, (explanation.target, explanation.against))))
        is_signed = bool(explanation.against)
        heated = overlay(picture, heat, is_signed=is_signed)
        return replace(
            explanation,
            method=maps.method,
            is_blank=not scaled(heat, is_signed=is_signed).any(),
            picture=self._written(f"{name}.png", picture),
            overlay=self._written(f"{name}-{kinds}.png", heated),
        )

    def _written(self, name: str, picture: Image.Image) -> str:
        durable.make_folder(self._folder)
        durable.replace_file(self._folder / name, png_bytes(picture))
        return str(self._folder / name)

    def _opened_heat_maps(self) -> "HeatMaps":
        if self._heat_maps is None:
            # here, because the import takes seconds that texts need not wait
            from tlgui.engine.results.heat_maps import open_heat_maps

            self._channel.progress("loading", 0, 1)
            self._heat_maps = open_heat_maps(self._opened.model.network())
            self._channel.progress("loading", 1, 1)
        return self._heat_maps

    def _with_words(
        self, explanation: Explanation, text: str, counts: NDArray[np.floating]
    ) -> Explanation:
        opened = self._opened
        if opened.model.counts_words:
            words = word_weights.weights_of_counts(text, opened.model.tensors, counts)
            return _with_shown(explanation, text, words)
        tokenizer = load_tokenizer(opened.preset_folder, opened.plan.sequence_length)
        found = tokenizer.words(text)
        scores = word_weights.word_scorer(opened.model.classify, tokenizer, counts, self._tick)
        if isinstance(read_preset_config(opened.preset_folder).backbone, WordVectorsConfig):
            of_nothing = word_weights.score_of_nothing(opened.model.tensors, counts)
            words = word_weights.weights_of_mean(found, scores, of_nothing)
        else:
            words = word_weights.weights_by_occlusion(found, scores)
            explanation = replace(explanation, method="occlusion")
        [num_tokens] = tokenizer.count([text])
        limit = tokenizer.sequence_length
        num_cut = max(0, num_tokens - limit) if limit else 0
        read = text[: found[-1].end] if num_cut and found else text
        return _with_shown(replace(explanation, num_cut=num_cut), read, words)

    def _tick(self, done: int, total: int) -> None:
        self._channel.stop_if_requested()
        self._channel.progress("explaining", done, total)


def _with_shown(explanation: Explanation, text: str, words: Sequence[WordWeight]) -> Explanation:
    """Return the explanation with the text that was read, or its beginning."""
    shown = text[:MAX_TEXT]
    return replace(
        explanation,
        text=shown,
        words=tuple(word for word in words if word.end <= len(shown)),
        is_blank=not any(word.weight > 0 for word in words),
        num_hidden=len(text) - len(shown),
    )
