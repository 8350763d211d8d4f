import pytest

from tlgui.core.dataset import Dataset, Sample
from tlgui.engine.data.groups import groups_of, suggest_group


def dataset_of(paths: list[str], **fields) -> Dataset:
    classes = sorted({path.split("/")[0] for path in paths})
    samples = tuple(
        Sample(path=path, label=classes.index(path.split("/")[0]), digest=path) for path in paths
    )
    return Dataset(folder="/x", modality="image", classes=tuple(classes), samples=samples, **fields)


def paths(pattern: str, num_groups: int = 5, num_files: int = 6) -> list[str]:
    return [
        pattern.format(name=name, group=group, number=number, unique=100 * group + number)
        for name in ("cats", "dogs")
        for group in range(num_groups)
        for number in range(num_files)
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{name}/P{group:02}_{number}.jpg", "prefix"),
        ("{name}/anna{group}-{number}.jpg", "prefix"),
        ("{name}/slide {group} {number}.jpg", ""),  # the prefix is always "slide"
        ("{name}/patient{group}/{number}.jpg", "folder"),
        ("{name}/patient{group}/left/P_{number}.jpg", "folder"),
        ("{name}/IMG_{unique}.jpg", ""),
        ("{name}/DSC_{unique}.jpg", ""),
        ("{name}/{name}_{unique}.jpg", ""),
        ("{name}/{unique}.jpg", ""),
        ("{name}/{name}{unique}_{number}.jpg", ""),  # each its own group
        ("{name}/P{group}{number}.jpg", ""),
    ],
)
def test_only_names_that_tell_of_real_groups_are_suggested(pattern, expected):
    assert suggest_group(dataset_of(paths(pattern))) == expected


def test_cameras_are_not_groups():
    cameras = ("IMG", "DSC", "PXL", "DSCF")
    names = [f"{name}/{camera}_{n}.jpg" for name in "ab" for camera in cameras for n in range(9)]
    assert suggest_group(dataset_of(names)) == ""


def test_groups_that_would_leave_a_class_without_a_side_are_not_suggested():
    assert suggest_group(dataset_of(paths("{name}/P{group}_{number}.jpg", num_groups=2))) == ""


def test_a_few_odd_names_do_not_hide_the_groups():
    names = [*paths("{name}/P{group:02}_{number}.jpg"), "cats/odd.jpg", "dogs/other.jpg"]
    assert suggest_group(dataset_of(names)) == "prefix"


def test_nothing_is_suggested_where_the_split_is_given():
    names = paths("{name}/P{group:02}_{number}.jpg")
    assert suggest_group(dataset_of(names, presplit=True)) == ""
    assert suggest_group(dataset_of([])) == ""


def test_rows_of_a_table_have_no_names_that_could_group_them():
    samples = tuple(Sample(path=f"row {n}", label=n % 2, digest=str(n)) for n in range(8))
    dataset = Dataset(
        folder="/x", modality="text", classes=("a", "b"), samples=samples, text_column="text"
    )
    assert groups_of(dataset, "prefix") == ("",) * 8
