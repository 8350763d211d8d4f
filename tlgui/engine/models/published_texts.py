"""The sizes of published networks for texts, by the id of their preset; imports no Keras.

Source:
    The papers named beside each family; sizes of vocabularies and positions are those that the
    published weights have in KerasHub.
"""

from typing import Any, Final

from tlgui.engine.models.hub_config import HubConfig, checked_sizes
from tlgui.engine.models.text_config import BERT, BertConfig

UNCASED: Final = 30_522  # pieces of words of Google's English vocabulary without upper case
CASED: Final = 28_996
CASED_104: Final = 119_547  # of 104 languages
CHINESE: Final = 21_128
XLM: Final = 250_002
BYTES: Final = 50_257  # of GPT-2


def _bert(layers: int, wide: int, words: int, **sizes: Any) -> BertConfig:
    """Devlin et al. 2018, arXiv:1810.04805, section 3; Turc et al. 2019, arXiv:1908.08962."""
    usual = {
        "num_heads": wide // 64,
        "intermediate_dim": 4 * wide,
        "dropout": 0.1,
        "max_sequence_length": 512,
        "num_segments": 2,
    }
    return BertConfig(
        family=BERT,
        vocabulary_size=words,
        num_layers=layers,
        hidden_dim=wide,
        **(usual | sizes),
    )


def _minilm(layers: int, words: int = UNCASED) -> BertConfig:
    """Wang et al. 2020, arXiv:2002.10957: 384 wide, with 12 heads."""
    return _bert(layers, 384, words, num_heads=12)


def _hub(family: str, layers: int, wide: int, **sizes: Any) -> HubConfig:
    usual = {
        "num_layers": layers,
        "num_heads": wide // 64,
        "hidden_dim": wide,
        "intermediate_dim": 4 * wide,
        "dropout": 0.1,
        "max_sequence_length": 512,
    }
    return HubConfig(family=family, sizes=checked_sizes(family, usual | sizes))


def _distil_bert(words: int) -> HubConfig:
    """Sanh et al. 2019, arXiv:1910.01108, section 3."""
    return _hub("distil_bert", 6, 768, vocabulary_size=words)


def _roberta(layers: int, wide: int) -> HubConfig:
    """Liu et al. 2019, arXiv:1907.11692; Conneau et al. 2019, arXiv:1911.02116."""
    return _hub("roberta", layers, wide, vocabulary_size=50_265)


def _xlm_roberta(layers: int, wide: int) -> HubConfig:
    return _hub("xlm_roberta", layers, wide, vocabulary_size=XLM)


def _deberta(layers: int, wide: int, words: int = 128_100, **sizes: Any) -> HubConfig:
    """He et al. 2021, arXiv:2111.09543."""
    return _hub("deberta_v3", layers, wide, vocabulary_size=words, bucket_size=256, **sizes)


def _albert(layers: int, wide: int) -> HubConfig:
    """Lan et al. 2019, arXiv:1909.11942, table 1; its layers share their weights."""
    return _hub(
        "albert",
        layers,
        wide,
        vocabulary_size=30_000,
        num_heads=12 if wide == 768 else wide // (128 if wide == 2048 else 64),
        embedding_dim=128,
        num_groups=1,
        num_inner_repetitions=1,
        dropout=0.0,
        num_segments=2,
    )


def _electra(layers: int, wide: int, embedding_dim: int, heads: int) -> HubConfig:
    """Clark et al. 2020, arXiv:2003.10555, table 6: discriminators."""
    return _hub(
        "electra",
        layers,
        wide,
        vocab_size=UNCASED,
        num_heads=heads,
        embedding_dim=embedding_dim,
        num_segments=2,
    )


def _gpt2(layers: int, wide: int) -> HubConfig:
    """Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", table 2."""
    return _hub("gpt2", layers, wide, vocabulary_size=BYTES, max_sequence_length=1024)


TEXTS: Final[dict[str, HubConfig | BertConfig]] = {
    "bert_tiny_en_uncased": _bert(2, 128, UNCASED),
    "bert_small_en_uncased": _bert(4, 512, UNCASED),
    "bert_medium_en_uncased": _bert(8, 512, UNCASED),
    "bert_base_en_uncased": _bert(12, 768, UNCASED),
    "bert_base_en": _bert(12, 768, CASED),
    "bert_base_multi": _bert(12, 768, CASED_104),
    "bert_base_zh": _bert(12, 768, CHINESE),
    "bert_large_en_uncased": _bert(24, 1024, UNCASED),
    "paraphrase_minilm_l3_v2_en": _minilm(3),
    "all_minilm_l12_v2_en": _minilm(12),
    "multilingual_e5_small": _minilm(12, 250_037),
    "bge_small_v1_5_en": _minilm(12),
    "bge_base_v1_5_en": _bert(12, 768, UNCASED),
    "bge_large_v1_5_en": _bert(24, 1024, UNCASED),
    "bge_small_v1_5_zh": _bert(4, 512, CHINESE),
    "distil_bert_base_en_uncased": _distil_bert(UNCASED),
    "distil_bert_base_en": _distil_bert(CASED),
    "distil_bert_base_multi": _distil_bert(CASED_104),
    "roberta_base_en": _roberta(12, 768),
    "roberta_large_en": _roberta(24, 1024),
    "xlm_roberta_base_multi": _xlm_roberta(12, 768),
    "xlm_roberta_large_multi": _xlm_roberta(24, 1024),
    "deberta_v3_extra_small_en": _deberta(12, 384),
    "deberta_v3_small_en": _deberta(6, 768),
    "deberta_v3_base_en": _deberta(12, 768),
    "deberta_v3_large_en": _deberta(24, 1024),
    "deberta_v3_base_multi": _deberta(12, 768, 251_000),
    "albert_base_en_uncased": _albert(12, 768),
    "albert_large_en_uncased": _albert(24, 1024),
    "albert_extra_large_en_uncased": _albert(24, 2048),
    "electra_small_discriminator_uncased_en": _electra(12, 256, 128, 4),
    "electra_base_discriminator_uncased_en": _electra(12, 768, 768, 12),
    "electra_large_discriminator_uncased_en": _electra(24, 1024, 1024, 16),
    "gpt2_base_en": _gpt2(12, 768),
    "gpt2_medium_en": _gpt2(24, 1024),
}
