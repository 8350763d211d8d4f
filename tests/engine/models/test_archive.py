"""Archives that are built to do harm are refused before anything in them is unpacked."""

import stat
import struct
import zipfile

import pytest

from tlgui.core.errors import TlguiError
from tlgui.engine.models.archive import MAX_MEMBERS, name_fault, open_archive

ROOM = 2**30


def refusal_of(path):
    with pytest.raises(TlguiError) as refusal, open_archive(path, ROOM):
        pass
    return refusal.value


def write_zip(path, *members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "../up",
        "a/../../up",
        "/absolute",
        "a\\b",
        "C:/windows",
        "C:windows",
        "con",
        "a/NUL.txt",
        "com1.json",
        "COM¹",
        "a ",
        " a",
        "a.",
        "a//b",
        "./a",
        "a/./b",
        "a\nb",
        "a\x1bb",
        "a:stream",
        "x" * 300,
        "/".join("a" * 40),
        "",
        "what?",
    ],
)
def test_a_name_that_could_leave_the_folder_or_hurt_a_system_is_refused(name):
    assert name_fault(name)


@pytest.mark.parametrize(
    "name", ["a", "assets/tokenizer/vocabulary.txt", "ä ö.txt", "console", "a/"]
)
def test_ordinary_names_pass(name):
    assert not name_fault(name)


def test_a_name_with_a_zero_byte_is_judged_as_it_is_written(tmp_path):
    path = write_zip(tmp_path / "a.zip", ("a_b", b"x"))
    path.write_bytes(path.read_bytes().replace(b"a_b", b"a\0b"))

    assert refusal_of(path).code in ("import_archive_refused", "import_damaged")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("names", [("a", "a"), ("a", "A"), ("ä", "a\u0308"), ("a/", "A")])
def test_two_files_that_some_system_takes_for_one_are_refused(tmp_path, names):
    path = write_zip(tmp_path / "a.zip", *((name, b"") for name in names))

    assert refusal_of(path).code == "import_archive_refused"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(tmp_path, kind):
    entry = zipfile.ZipInfo("link")
    entry.external_attr = (kind | 0o777) << 16
    path = write_zip(tmp_path / "a.zip", (entry, b"/etc/passwd"))

    assert refusal_of(path).code == "import_archive_refused"


def test_a_bomb_is_refused_by_its_directory(tmp_path):
    zeros = bytes(4 * 2**20)
    path = write_zip(tmp_path / "a.zip", ("a", zeros), compression=zipfile.ZIP_DEFLATED)

    assert refusal_of(path).code == "import_archive_refused"


def test_many_small_bombs_are_refused_by_their_sum(tmp_path):
    members = [(f"a{number}", bytes(2**20)) for number in range(4)]
    path = write_zip(tmp_path / "a.zip", *members, compression=zipfile.ZIP_DEFLATED)

    assert refusal_of(path).code == "import_archive_refused"


def test_an_archive_that_lies_about_its_sizes_gives_no_more_than_it_said(tmp_path):
    content = bytes(3 * 2**20)
    path = write_zip(tmp_path / "a.zip", ("a", content), compression=zipfile.ZIP_DEFLATED)
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", len(content)), b"\x10\0\0\0"))

    with pytest.raises(TlguiError, match="import_damaged"), open_archive(path, ROOM) as archive:
        archive.read("a", ROOM)


def test_more_files_than_any_model_has_are_refused(tmp_path):
    members = [(str(number), b"") for number in range(MAX_MEMBERS + 1)]

    assert refusal_of(write_zip(tmp_path / "a.zip", *members)).code == "import_archive_refused"


def test_more_than_the_disk_can_take_is_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", ("a", bytes(1000)))

    with pytest.raises(TlguiError, match="import_too_large"), open_archive(path, 999):
        pass


def test_a_file_that_is_larger_than_expected_is_not_read(tmp_path):
    path = write_zip(tmp_path / "a.zip", ("a", bytes(1000)))

    with pytest.raises(TlguiError, match="import_too_large"), open_archive(path, ROOM) as archive:
        archive.read("a", 999)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_ways_of_packing_are_refused(tmp_path, method):
    path = write_zip(tmp_path / "a.zip", ("a", b"x" * 100), compression=method)

    assert refusal_of(path).code == "import_archive_refused"


def test_a_password_is_not_asked_for(tmp_path):
    path = write_zip(tmp_path / "a.zip", ("a", b"x"))
    content = bytearray(path.read_bytes())
    place = content.rfind(b"PK\x01\x02")
    content[place + 8] |= 1
    path.write_bytes(content)

    assert refusal_of(path).code == "import_archive_refused"


def test_a_flipped_bit_in_the_content_is_noticed(tmp_path):
    path = write_zip(tmp_path / "a.zip", ("a", b"hello" * 10))
    path.write_bytes(path.read_bytes().replace(b"hello", b"jello"))

    with pytest.raises(TlguiError, match="import_damaged"), open_archive(path, ROOM) as archive:
        archive.read("a", ROOM)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9, 0.99])
def test_half_an_archive_is_an_ordinary_refusal(tmp_path, share):
    path = write_zip(tmp_path / "a.zip", ("a", b"hello" * 1000))
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])

    assert refusal_of(path).code == "import_damaged"
