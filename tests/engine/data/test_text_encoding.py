import codecs
import unicodedata

import pytest

from tlgui.engine.data.text_encoding import decode_text, detect_encoding, tidy_text
from tlgui.engine.data.unreadable import UnreadableFile

RUSSIAN = "Сегодня хорошая погода, и мы пойдём гулять в парк возле реки.\n" * 3
POLISH = "Zażółć gęślą jaźń, a potem idź spać, bo jutro będzie piękny dzień.\n" * 3
FRENCH = "L'été dernier, nous sommes allés à la plage où le soleil brûlait déjà.\n" * 3
GERMAN = "Über den Bäumen hört man die schönen Vögel, und süß schmeckt das Brötchen.\n" * 3
JAPANESE = "今日は天気がいいので、川の近くの公園へ散歩に行きましょう。\n" * 3
CHINESE = "今天天气很好我们去河边的公园散步吧。\n" * 3
TAIWANESE = "今天天氣很好我們去河邊的公園散步吧。\n" * 3
KOREAN = "오늘은 날씨가 좋으니 강가의 공원으로 산책하러 갑시다.\n" * 3


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp866"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859-2"),
        (FRENCH, "cp1252"),
        (GERMAN, "cp1252"),
        (GERMAN, "cp850"),
        (GERMAN, "mac_roman"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        (CHINESE, "gb18030"),
        (TAIWANESE, "big5"),
        (KOREAN, "cp949"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-16-le"),
        (CHINESE, "utf-16-be"),
        (GERMAN, "utf-32"),
        (GERMAN, "utf-32-be"),
        (CHINESE, "utf-8"),
        (CHINESE, "utf-8-sig"),
    ],
)
def test_no_text_becomes_gibberish_because_it_is_old(text, encoding):
    assert decode_text(text.encode(encoding)) == text


@pytest.mark.parametrize(
    "text", ["£5", "Win £1000 now", "I’m here – “soon”…", "café", "Ü in school?"]
)
def test_one_sign_beyond_ascii_is_not_taken_for_greek(text):
    assert decode_text(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (bytes(range(256)) * 16, "it is not a text"),
        (b"a\0b\0c", "it is not a text"),
        (b"\x01\x02\x03\x04\x05 ab", "it is not a text"),
        (b"\xf0\x9f\x98", "it is cut off in the middle of a character"),
        ("größer".encode() + b"\xe4 er", "line 1 holds bytes that are broken UTF-8"),
        ("ä\nö\nü".encode() + b"\xff", "line 3 holds bytes that are broken UTF-8"),
        (("é\n" * 9).encode() + b"\xed\xa0\x80", "line 10 holds bytes that are broken UTF-8"),
        (b"ok \xff\xfe\xc3( \xed\xa0\x80 end", "its encoding leaves a doubt"),
        (codecs.BOM_UTF16_LE + "ab".encode("utf-16-le")[:-1], "it is cut off in the middle"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8a\0", "line 1 holds bytes that are broken utf-16"),
    ],
)
def test_what_cannot_be_read_rightly_is_refused_with_the_place(data, reason):
    with pytest.raises(UnreadableFile, match=reason):
        decode_text(data)


def test_a_long_english_beginning_does_not_hide_the_language():
    data = b"plain words in a long list\n" * 40_000 + RUSSIAN.encode("cp1251")
    assert decode_text(data).endswith(RUSSIAN)


def test_a_sample_may_end_within_a_character():
    assert detect_encoding(CHINESE.encode()[:-2]) == "utf-8"
    assert detect_encoding(JAPANESE.encode("cp932")[:-2]) == "cp932"


def test_mark_of_byte_order_is_no_part_of_the_first_word():
    sample = codecs.BOM_UTF8 + b"word"
    assert sample.decode(detect_encoding(sample)) == "word"


def test_texts_that_look_alike_are_the_same():
    assert tidy_text("cafe\u0301\r\nb\rc") == "caf\u00e9\nb\nc"


def test_a_heap_of_accents_does_not_hang():
    hostile = "a" + "\u0301\u0323" * 100_000
    assert tidy_text(hostile) == hostile
    assert not unicodedata.is_normalized("NFC", hostile)


def test_an_encoding_that_python_lacks_is_named():
    page = b'<meta charset="euc-tw"><p>\xa4\xa1\xa4\xe2\xa4\xa1' * 40
    with pytest.raises(UnreadableFile) as caught:
        decode_text(page + b"\x8e\xa2\xa1\xa1")
    assert "UTF-8" in caught.value.reason
