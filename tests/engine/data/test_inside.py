import pytest

from tlgui.engine.data.inside import Inside


@pytest.mark.parametrize("cell", ["a\0/b", "a/\0", "x" * 5000, "x/" * 5000, "", " ", "..", "/etc"])
def test_what_no_file_can_be_called_is_not_looked_for(tmp_path, cell):
    inside = Inside(tmp_path)
    assert inside.why_not(cell)
    assert not inside.is_file(cell)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.txt").touch()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "out" / "a.txt")
    (tmp_path / "in" / "away").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "here.txt").touch()
    inside = Inside(tmp_path / "in")
    reason = "a link leads out of the folder"
    assert [inside.why_not(c) for c in ("link.txt", "away/a.txt")] == [reason, reason]
    assert inside.is_file(" .\\here.txt ")
    assert inside.relative(" .\\here.txt ") == "here.txt"
