import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from tlgui.gui.widgets.flow import FlowLayout


@pytest.fixture
def place(qtbot) -> QWidget:
    place = QWidget()
    qtbot.addWidget(place)
    flow = FlowLayout(place, gap_px=10)
    for _ in range(3):
        button = QPushButton()
        button.setFixedSize(100, 20)
        flow.addWidget(button)
    return place


def corners(place) -> list[tuple[int, int]]:
    return [(b.x(), b.y()) for b in place.findChildren(QPushButton)]


def test_widgets_stand_in_a_row_as_far_as_there_is_room(place):
    place.resize(320, 100)
    place.show()
    assert corners(place) == [(0, 0), (110, 0), (220, 0)]
    place.resize(319, 100)
    place.layout().activate()
    assert corners(place) == [(0, 0), (110, 0), (0, 30)]


def test_height_follows_from_the_width(place):
    flow = place.layout()
    assert [flow.heightForWidth(width) for width in (320, 210, 100, 10)] == [20, 50, 80, 80]
    assert flow.minimumSize().toTuple() == (100, 20)
    assert flow.sizeHint().toTuple() == (330, 20)


def test_hidden_widget_takes_no_room(place):
    place.findChildren(QPushButton)[0].hide()
    assert place.layout().heightForWidth(210) == 20


def test_widgets_can_be_taken_out(place):
    flow = place.layout()
    flow.removeWidget(place.findChildren(QPushButton)[0])
    assert flow.count() == 2
    assert flow.itemAt(2) is None
    assert flow.takeAt(9) is None
