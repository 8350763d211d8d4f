"""Masked language modeling: hidden words are guessed from those around them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import keras
import numpy as np
import tensorflow as tf
from keras_hub.layers import MaskedLMHead, MaskedLMMaskGenerator
from numpy.typing import NDArray

from tlgui.core.errors import TlguiError
from tlgui.engine.adaptation.pretext import PretextTask
from tlgui.engine.adaptation.unlabeled_feed import Key
from tlgui.engine.data.inputs import Batch
from tlgui.engine.data.tokenizer import Tokenizer
from tlgui.engine.data.tokens import TokenBatch
from tlgui.engine.models.traced_steps import input_signature, keras_batch

HIDDEN_FRACTION: Final = 0.15
_NUMBERS: Final = tf.TensorSpec((None,), tf.int32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """The words that were hidden.

    Attributes:
        places: int32 (num_hidden,), counted through all rows of the batch.
        ids: int32 (num_hidden,), what stood there.
    """

    places: NDArray[np.int32]
    ids: NDArray[np.int32]


class Masking:
    """Hides some of the words of texts.

    Source:
        Devlin et al. 2019, arXiv:1810.04805, section 3.1: 15 % of the tokens; of them 80 %
        become the mask, 10 % another token and 10 % stay.
    """

    def __init__(self, tokenizer: Tokenizer, vocabulary_size: int) -> None:
        """Prepare.

        Args:
            tokenizer: Tells which tokens are special.
            vocabulary_size: Of the backbone.

        Raises:
            TlguiError: there is no token that words can be hidden behind.
        """
        mask_id = tokenizer.unknown_id if tokenizer.mask_id is None else tokenizer.mask_id
        if mask_id is None:
            rule = "0 for this model: its vocabulary has no token that could hide a word"
            raise TlguiError("setting_invalid", name="adapt", value="above 0", rule=rule)
        self._generator = MaskedLMMaskGenerator(
            vocabulary_size=vocabulary_size,
            mask_selection_rate=HIDDEN_FRACTION,
            mask_token_id=mask_id,
            mask_selection_length=tokenizer.sequence_length,
            unselectable_token_ids=sorted(tokenizer.special_ids),
        )

    def hide(self, batch: TokenBatch, key: Key) -> tuple[TokenBatch, Hidden]:
        """Return the batch with some words hidden, and which; a function of the key alone."""
        state = random.getstate()
        # the generator draws from Python's own random numbers
        random.seed(" ".join(map(str, key)))
        try:
            found = self._generator(batch.token_ids)
        finally:
            random.setstate(state)
        is_real = np.asarray(found["mask_weights"]) > 0
        rows, _ = np.nonzero(is_real)
        places = rows * batch.token_ids.shape[1] + np.asarray(found["mask_positions"])[is_real]
        hidden = Hidden(
            places=places.astype(np.int32),
            ids=np.asarray(found["mask_ids"])[is_real].astype(np.int32),
        )
        token_ids = np.asarray(found["token_ids"]).astype(np.int32)
        return replace(batch, token_ids=token_ids), hidden


def masked_language_task(backbone: keras.Model, masking: Masking) -> PretextTask:
    """Return the task of guessing hidden words, by similarity to the vectors of all words.

    Args:
        backbone: A BERT encoder of KerasHub.
        masking: Hides them.
    """
    embedding = backbone.get_layer("token_embedding")
    encoder = keras.Model(backbone.input, backbone.output["sequence_output"], name="pretext")
    head = MaskedLMHead(
        token_embedding=embedding, intermediate_activation="gelu", name="pretext_head"
    )
    wide = encoder.output.shape[-1]
    head(keras.Input((None, wide)), mask_positions=keras.Input((None,), dtype="int32"))
    known = {id(variable) for variable in backbone.variables}

    def loss(arrays: Sequence[Any], training: bool) -> tuple[Any, Any]:
        tokens, places, ids = arrays
        states = encoder(tokens, training=training)
        # one long row, so that no text is padded to the most hidden words of another
        states = keras.ops.reshape(states, (1, -1, wide))
        logits = head(states, mask_positions=places[None])[0]
        losses = keras.losses.sparse_categorical_crossentropy(ids, logits, from_logits=True)
        is_right = keras.ops.cast(keras.ops.argmax(logits, axis=-1) == ids, "float32")
        # short texts may have none hidden at all
        count = keras.ops.maximum(1.0, keras.ops.cast(keras.ops.size(ids), "float32"))
        return keras.ops.sum(losses) / count, keras.ops.sum(is_right) / count

    def questions(batch: Batch, key: Key) -> tuple[tuple[Any, ...], int]:
        assert isinstance(batch, TokenBatch)
        asked, hidden = masking.hide(batch, key)
        arrays = (keras_batch(encoder, asked), hidden.places, hidden.ids)
        return arrays, len(hidden.ids)

    return PretextTask(
        questions=questions,
        signature=(input_signature(encoder), _NUMBERS, _NUMBERS),
        loss=loss,
        head=tuple(v for v in head.trainable_variables if id(v) not in known),
    )
