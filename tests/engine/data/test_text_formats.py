import zipfile
from io import BytesIO

import pytest

from tlgui.engine.data import text_formats
from tlgui.engine.data.text_formats import text_of_docx, text_of_html
from tlgui.engine.data.unreadable import UnreadableFile

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


def docx(body: str, *, head: str = "", namespace: str = WORD, part: str = "document") -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            f"word/{part}.xml",
            f'{head}<w:document xmlns:w="{namespace}" xmlns:mc="urn:mc"><w:body>{body}</w:body>'
            "</w:document>",
        )
    return stream.getvalue()


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        text_of_docx(data)
    return caught.value.reason


def test_page_gives_what_a_reader_sees():
    page = (
        "<html><head><title>Tab</title><style>p {}</style><script>if (a < b) {}</script></head>"
        "<body><h1>Head\n line</h1><p>one <b>b</b>old&nbsp;&eacute;<br>two</p><!-- no -->"
        "<noscript>no</noscript><template><p>no</p></template>"
        "<table><tr><td>x</td><td>y</td></tr></table><pre>a\nb</pre></body></html>"
    )
    assert text_of_html(page.encode()) == "Head line\none bold é\ntwo\nx y\na\nb"


def test_declared_encoding_is_heeded():
    page = '<meta charset="windows-1251"><p>Привет, мир</p>'
    assert text_of_html(page.encode("cp1251")) == "Привет, мир"


def test_a_declaration_that_is_wrong_does_not_garble_the_page():
    page = '<meta charset="iso-8859-1"><p>Größe</p>'
    assert text_of_html(page.encode()) == "Größe"


@pytest.mark.parametrize("page", [b"", b"just words", b"<", b"<!--", b"<p", b"</p></p>", b"<!["])
def test_half_a_page_is_read_as_far_as_it_goes(page):
    assert text_of_html(page) in ("", "just words", "<")


@pytest.mark.parametrize("piece", ["<!--", "<a ", "<![CDATA[", "<", "</a", "<b><p>", "&l"])
def test_hostile_page_neither_hangs_nor_overflows(piece):
    text_of_html(piece.encode() * 100_000 + b"x")


@pytest.mark.parametrize("piece", ["<div>", "<b>", "<table><tr><td>"])
def test_a_page_that_nests_without_end_is_refused_before_it_hangs_the_scan(piece):
    page = piece.encode() * 50_000 + b"</i>" * 50_000
    with pytest.raises(UnreadableFile, match="its tags are nested too deeply"):
        text_of_html(page)


def test_a_page_may_nest_as_deeply_as_browsers_show_it():
    assert text_of_html(b"<div>" * 400 + b"x" + b"</div>" * 400) == "x"
    assert text_of_html(b"<div><br><img></div>" * 1000 + b"x") == "x"


@pytest.mark.parametrize("shift", range(4))
def test_a_character_between_two_chunks_of_a_page_is_not_torn(shift):
    words = "猫" * 50_000 + "😀" * 50_000
    assert text_of_html(("x" * shift + words).encode()) == "x" * shift + words


def test_half_characters_never_come_out():
    text_of_html(b"<p>a&#xD800;b&#0;</p>").encode()


def test_word_document_gives_paragraphs_and_tables_in_their_order():
    cell = f"<w:tc>{paragraph('cell')}</w:tc>"
    body = paragraph("one ", "line") + f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>" + paragraph("end")
    assert text_of_docx(docx(body)) == "one line\ncell\nend"
    assert text_of_docx(docx(body, namespace=STRICT)) == "one line\ncell\nend"
    assert text_of_docx(docx(body, part="document2")) == "one line\ncell\nend"


def test_word_document_gives_what_stands_there_now():
    body = (
        "<w:p><w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:r><w:tab/></w:r>"
        "<w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
        "<w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink><w:r><w:br/></w:r>"
        "<mc:Fallback><w:r><w:t>twice</w:t></w:r></mc:Fallback>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    assert text_of_docx(docx(body)) == "new link"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is not a Word document"),
        (b"PK\x03\x04not really", "the Word document is damaged"),
        (docx(paragraph("x"))[:-30], "the Word document is damaged"),
        (docx(paragraph("x"), part="other"), "it is not a Word document"),
        (docx("<w:p>"), "the Word document is damaged"),
        (docx("", head="<!DOCTYPE a [<!ENTITY b 'c'>]>"), "the Word document is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "it is protected by a password"),
    ],
)
def test_broken_word_document_is_refused_by_name(data, reason):
    assert refusal(data).startswith(reason)


def test_a_deep_word_document_does_not_overflow():
    assert text_of_docx(docx("<w:p>" * 100_000 + "</w:p>" * 100_000)) == ""


def test_no_file_of_this_computer_gets_into_a_sample(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    head = f'<!DOCTYPE a [<!ENTITY b SYSTEM "{secret.as_uri()}">]>'
    assert refusal(docx(paragraph("&b;"), head=head)) == "the Word document is damaged"


def test_zip_bomb_is_refused_before_it_unpacks(monkeypatch):
    monkeypatch.setattr(text_formats, "_MAX_XML_BYTES", 1000)
    assert refusal(docx(paragraph("x" * 5000))) == "it unpacks to too much"
