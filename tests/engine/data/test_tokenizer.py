"""A text becomes the same tokens everywhere, however long or odd it is."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.engine.tiny_text import write_tiny_text_preset, write_tiny_word_vectors
from tlgui.core.errors import TlguiError
from tlgui.core.settings import resources_folder
from tlgui.engine.data import tokenizer as tokenizer_module
from tlgui.engine.data.tokenizer import PIECE_CHARACTERS, Tokenizer

MINILM = resources_folder() / "models/all_minilm_l6_v2_en/tokenizer.json"
GLOVE = resources_folder() / "models/glove_50k_100d_en/tokenizer.json"
CLS, SEP, UNK = 101, 102, 100

# where KerasHub's tokenizer agrees with the published one; it differs on control characters,
# compatibility forms, emoji sequences and Hangul, which it normalizes in a way of its own
ORDINARY = (
    "plain text.",
    "café Zürich naïve résumé",
    "e\u0301 decomposed",
    "don't WON'T",
    "a" * 99,
    "a" * 500,
    "你好世界 mixed 文字a",
    "日本語カタカナひらがな",
    "tab\tnew\nline\r\nreturn",
    "$5.00 + 3% = #1 @me ^_^ `x` ~y |z <a>",
    "[SEP] [CLS] [MASK] [UNK]",
    "русский текст",
    "עברית العربية",
    "हिन्दी",
    "1,234.56",
    "   ",
    "!!!???",
    "ΑΣ ΟΔΟΣ",
)

KERAS_HUB_WITHOUT_TENSORFLOW_TEXT = """
import json, sys
sys.modules["tensorflow_text"] = None
from keras_hub.tokenizers import BertTokenizer
ids = json.load(open(sys.argv[1], encoding="utf-8"))["model"]["vocab"]
theirs = BertTokenizer(vocabulary=sorted(ids, key=ids.get), lowercase=True, strip_accents=True)
texts = json.loads(sys.stdin.read())
print(json.dumps([[int(i) for i in theirs(text)] for text in texts]))
"""


@pytest.fixture(scope="module")
def minilm():
    return Tokenizer(MINILM, 0)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "tiny"
    write_tiny_text_preset(folder)
    return folder / "tokenizer.json"


def _ids(tokenizer, *texts):
    return [ids.tolist() for ids in tokenizer.encode(texts)]


def test_accented_words_are_known_words(minilm):
    accented, plain = _ids(minilm, "Café RÉSUMÉ", "cafe resume")

    assert accented == plain
    assert UNK not in accented


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("\x00null\ufeff byte", "null byte"),
        ("nb\u00a0sp\u3000wide", "nb sp wide"),
        ("line\u2028break", "line break"),
        ("soft\u00adened", "softened"),
        ("İstanbul", "istanbul"),
    ],
)
def test_invisible_characters_do_not_hide_words(minilm, text, same_as):
    first, second = _ids(minilm, text, same_as)

    assert first == second


def test_keras_hub_reads_ordinary_texts_the_same_without_tensorflow_text(minilm):
    done = subprocess.run(
        [sys.executable, "-c", KERAS_HUB_WITHOUT_TENSORFLOW_TEXT, str(MINILM)],
        input=json.dumps(ORDINARY),
        capture_output=True,
        text=True,
        check=True,
    )

    theirs = json.loads(done.stdout.splitlines()[-1])
    ours = [ids[1:-1] for ids in _ids(minilm, *ORDINARY)]
    assert ours == theirs


def test_the_name_of_a_special_token_in_a_text_is_only_text(minilm):
    (ids,) = _ids(minilm, "a [SEP] b [PAD]")

    assert ids.count(SEP) == 1
    assert 0 not in ids


def test_a_cut_text_keeps_its_frame():
    whole, cut = (_ids(Tokenizer(MINILM, n), "one two three four five")[0] for n in (0, 4))

    assert cut == [CLS, *whole[1:3], SEP]


def test_a_text_that_just_fits_is_not_cut():
    (ids,) = _ids(Tokenizer(MINILM, 5), "one two three")

    assert len(ids) == 5


LONG = {
    "words": "word " * 100_000,
    "no_spaces": "x" * 300_000,
    "signs": "!?" * 100_000,
    "chinese": "你好" * 100_000,
    "late": " " * 500_000 + "at last some words",
}


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("tokens", [MINILM, GLOVE], ids=["pieces", "words"])
def test_cutting_early_gives_the_beginning_of_the_whole(tokens, name):
    text = LONG[name]

    (cut,) = Tokenizer(tokens, 128).encode([text])

    (whole,) = Tokenizer(tokens, 0).encode([text])
    same = len(cut) if len(whole) <= len(cut) else len(cut) - 1  # the last one may be [SEP]
    np.testing.assert_array_equal(cut[:same], whole[:same])
    assert len(cut) == min(128, len(whole))


def test_only_the_beginning_of_a_huge_text_is_looked_at(tiny, monkeypatch):
    tokenizer = Tokenizer(tiny, 16)
    seen = []
    pieces = tokenizer_module._pieces

    def watched(text):
        for piece in pieces(text):
            seen.append(piece)
            yield piece

    monkeypatch.setattr(tokenizer_module, "_pieces", watched)

    tokenizer.encode(["the cat " * 1_000_000])

    assert sum(map(len, seen)) <= PIECE_CHARACTERS


def test_pieces_add_up_to_the_text():
    texts = ["", "a", "word " * 10_000, "x" * 20_000, "\n" * 20_000, "ab " * 2731]

    for text in texts:
        pieces = list(tokenizer_module._pieces(text))
        assert "".join(pieces) == text
        assert max(map(len, pieces)) <= PIECE_CHARACTERS


def test_a_piece_ends_before_a_word_and_not_within_it(minilm):
    word = "international"
    for shift in range(len(word) + 1):
        text = " " * shift + f"{word} " * 2000
        (ids,) = minilm.encode([text])
        assert len(ids) == 2002


def test_long_and_short_texts_of_one_call_keep_their_places(tiny):
    texts = ["no", "the cat " * 5000, "", "yes", "a dog " * 9000]
    tokenizer = Tokenizer(tiny, 0)

    together = _ids(tokenizer, *texts)

    assert together == [_ids(tokenizer, text)[0] for text in texts]


def test_counts_are_those_of_the_uncut_text(tiny):
    texts = ["", "the cat", "the cat " * 500]

    assert Tokenizer(tiny, 8).count(texts) == [2, 4, 1002]


def test_no_texts_are_no_tokens(tiny):
    tokenizer = Tokenizer(tiny, 8)

    assert tokenizer.encode([]) == []
    assert tokenizer.pad([]).token_ids.shape == (0, 0)


@pytest.mark.parametrize("text", ["", " ", "\x00", "\u0301", "\ud800"])
@pytest.mark.parametrize("tokens", [MINILM, GLOVE], ids=["pieces", "words"])
def test_a_text_without_words_still_has_a_token(tokens, text):
    (ids,) = Tokenizer(tokens, 16).encode([text])

    assert len(ids) >= 1


def test_half_of_a_surrogate_pair_does_not_end_the_run(minilm):
    first, second, whole, joined = _ids(
        minilm, "half \udc80 word", "half word", "\ud83d\ude00 fun", "😀 fun"
    )

    assert first == second
    assert whole == joined


def test_padding_is_told_from_tokens(tiny):
    tokenizer = Tokenizer(tiny, 0)

    batch = tokenizer.pad(tokenizer.encode(["the cat", "no"]))

    assert batch.token_ids.shape == (2, 4)
    assert batch.token_ids.dtype == np.int32
    assert batch.padding_mask.tolist() == [[True] * 4, [True] * 3 + [False]]
    assert batch.token_ids[1, 3] == 0


def test_what_the_file_says_of_lengths_is_not_obeyed(tiny, tmp_path):
    record = json.loads(tiny.read_text(encoding="utf-8"))
    record["truncation"] = {
        "direction": "Right",
        "max_length": 3,
        "strategy": "LongestFirst",
        "stride": 0,
    }
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(record), encoding="utf-8")

    assert len(_ids(Tokenizer(path, 0), "the cat and the dog")[0]) == 7


@pytest.mark.parametrize("length", [1, 2])
def test_a_length_without_room_for_a_word_is_refused(tiny, length):
    with pytest.raises(ValueError, match="sequence_length"):
        Tokenizer(tiny, length)


def test_shortened_words_mean_what_they_stand_for():
    tokenizer = Tokenizer(GLOVE, 0)

    short, long = _ids(
        tokenizer,
        "I don’t, can't and won't; we've won",
        "I do not, can not and will not; we have won",
    )

    assert short == long


def test_unknown_words_are_left_out_of_a_list_of_words(tmp_path):
    write_tiny_word_vectors(tmp_path / "words")
    tokenizer = Tokenizer(tmp_path / "words/tokenizer.json", 3)

    known, mixed, unknown = _ids(tokenizer, "cat dog bird", "cat zyx dog wvu bird", "zyx wvu")

    assert known == mixed
    assert unknown == [1]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff\xfe\x00",
        b'{"version": "1.0"}',
        b'{"model": {"type": "WordPiece", "vocab": {}}}',
        b'{"model": {"type": "Unigram", "vocab": [], "unk_id": 5}}',
        b"[" * 100_000,
    ],
)
def test_a_mangled_tokenizer_is_an_ordinary_error(tmp_path, content):
    path = tmp_path / "tokenizer.json"
    path.write_bytes(content)

    with pytest.raises(TlguiError) as refusal:
        Tokenizer(path, 16)

    assert refusal.value.code == "preset_damaged"
    assert refusal.value.detail["path"] == str(path)


def test_rust_giving_up_is_an_ordinary_error(tmp_path, monkeypatch):
    class PanicException(BaseException):
        pass

    def panic(_content):
        raise PanicException("called `Option::unwrap()` on a `None` value")

    monkeypatch.setattr(tokenizer_module.tokenizers.Tokenizer, "from_buffer", panic)
    (tmp_path / "tokenizer.json").touch()

    with pytest.raises(TlguiError, match="preset_damaged"):
        Tokenizer(tmp_path / "tokenizer.json", 16)


def test_a_person_can_still_interrupt(tmp_path, monkeypatch):
    def interrupt(_content):
        raise KeyboardInterrupt

    monkeypatch.setattr(tokenizer_module.tokenizers.Tokenizer, "from_buffer", interrupt)
    (tmp_path / "tokenizer.json").touch()

    with pytest.raises(KeyboardInterrupt):
        Tokenizer(tmp_path / "tokenizer.json", 16)


def test_a_tokenizer_that_is_gone_is_an_ordinary_error(tmp_path):
    with pytest.raises(TlguiError, match="preset_damaged"):
        Tokenizer(Path(tmp_path, "gone.json"), 16)


def test_an_endless_tokenizer_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(tokenizer_module, "MAX_FILE_BYTES", 100)
    path = tmp_path / "tokenizer.json"
    path.write_bytes(b" " * 101)

    with pytest.raises(TlguiError) as refusal:
        Tokenizer(path, 16)

    assert "larger" in str(refusal.value.detail["reason"])


def test_tokens_that_stand_for_hidden_and_unknown_words_are_known(minilm, tmp_path):
    write_tiny_text_preset(tmp_path / "tiny")  # its vocabulary has no token for hidden words
    tiny = Tokenizer(tmp_path / "tiny" / "tokenizer.json", 0)
    assert (minilm.mask_id, minilm.unknown_id) == (103, UNK)
    assert minilm.special_ids == {0, CLS, SEP}
    assert (tiny.mask_id, tiny.unknown_id) == (None, 1)
