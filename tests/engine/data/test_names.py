import pytest

from tlgui.engine.data.names import class_name, clean, natural_key


@pytest.mark.parametrize("name", ["e\x1b[31mvil", "two\nlines", "\u202edrawkcab", "tab\there"])
@pytest.mark.parametrize("read", [class_name, clean])
def test_no_name_of_a_class_can_write_to_a_terminal(read, name):
    assert read(name).isprintable()
    assert read(name).replace(" ", "") in name.translate({0x1B: "", 0x0A: "", 0x202E: "", 0x09: ""})


@pytest.mark.parametrize("name", ["Äpfel 2", "猫", "a‍b", "naïve – café"])
def test_names_of_any_language_stay_as_they_are(name):
    assert clean(name) == class_name(name) == name


def test_names_are_sorted_as_people_count():
    names = ["a10", "A9", "a", "a b", "a2b", "a2", "a02", "b", "Ä1", "10", "9", "1" * 5000, "img_2"]
    ordered = [
        "9",
        "10",
        "1" * 5000,
        "a",
        "a02",
        "a2",
        "a2b",
        "A9",
        "a10",
        "a b",
        "b",
        "img_2",
        "Ä1",
    ]
    assert sorted(names, key=natural_key) == ordered
