import pytest

from tlgui.core.folder_names import MAX_BYTES, folder_name, folder_names


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("oak", "oak"),
        ("größe 2 é", "größe 2 é"),
        ("a/b\\c:d", "a_b_c_d"),
        ("..", "_"),
        ("../../etc", "_.._.._etc"),
        (".hidden", "_.hidden"),
        ("ends. .", "ends"),
        ("  ", "_"),
        ("", "_"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com¹", "_com¹"),
        ("lpt1 .x", "_lpt1 .x"),
        ("console", "console"),
        ("tab\tand\nline", "tab_and_line"),
        ("turned\u202eround", "turned_round"),
        ("half\ud83d", "half_"),
    ],
)
def test_name_of_a_class_is_one_of_a_folder_everywhere(name, safe):
    assert folder_name(name) == safe


def test_very_long_name_is_cut_between_characters():
    name = folder_name("ä" * 500)
    assert set(name) == {"ä"}
    assert len(name.encode()) <= MAX_BYTES


def test_no_two_classes_share_a_folder_on_any_system():
    names = ["not sure", "a/b", "a:b", "A_b", "Not Sure", "cafe\u0301", "caf\u00e9"]
    found = folder_names(names)
    assert found[:4] == ["not sure", "a_b", "a_b (2)", "A_b (3)"]
    assert len({name.casefold() for name in found}) == len(names)
