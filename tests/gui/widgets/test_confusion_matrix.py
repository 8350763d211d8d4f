import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tlgui.gui.widgets.confusion_matrix import ConfusionMatrix


@pytest.fixture
def matrix(theme, qtbot):
    matrix = ConfusionMatrix(theme)
    qtbot.addWidget(matrix)
    matrix.resize(480, 360)
    matrix.show_confusion(("oak", "elm", "ash"), ((5, 1, 0), (0, 4, 0), (2, 0, 0)))
    matrix.show()
    return matrix


def at(matrix, row, column) -> QPoint:
    return matrix.cell_rect(row, column).center().toPoint()


def test_pointer_says_what_a_cell_means(matrix, qtbot):
    QTest.mouseMove(matrix, at(matrix, 0, 1))
    qtbot.waitUntil(lambda: matrix.toolTip() == "oak: 1 of 6 taken for elm")
    QTest.mouseMove(matrix, QPoint(1, 1))
    qtbot.waitUntil(lambda: matrix.toolTip() == "")


def test_empty_cells_and_the_ground_lead_nowhere(matrix, qtbot):
    with qtbot.assertNotEmitted(matrix.cell_chosen):
        qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=at(matrix, 0, 2))
        qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))


def test_keyboard_stays_inside(matrix, qtbot):
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Left, *[Qt.Key.Key_Down] * 5):
        qtbot.keyClick(matrix, key)
    with qtbot.waitSignal(matrix.cell_chosen, timeout=1000) as chosen:
        qtbot.keyClick(matrix, Qt.Key.Key_Space)
    assert chosen.args == [2, 0]
    qtbot.keyClick(matrix, Qt.Key.Key_A)


def test_screen_reader_hears_the_worst_confusions(matrix):
    assert matrix.accessibleDescription().startswith("ash: 2 of 2 taken for oak")
    matrix.show_confusion(("oak", "elm"), ((5, 0), (0, 5)))
    assert matrix.accessibleDescription() == "No kind is ever taken for another."


def test_thousand_kinds_are_drawn_without_a_stall(matrix):
    count = 1000
    rows = tuple(
        tuple(3 if i == j else int((i * 7 + j) % 997 == 0) for j in range(count))
        for i in range(count)
    )
    matrix.show_confusion(tuple(f"kind {n}" for n in range(count)), rows)
    start_s = time.perf_counter()
    matrix.grab()
    assert time.perf_counter() - start_s < 0.5


def test_nothing_is_drawn_before_there_is_a_result(theme, qtbot):
    matrix = ConfusionMatrix(theme)
    qtbot.addWidget(matrix)
    assert not matrix.grab().isNull()
    assert matrix.sizeHint().isValid()


def test_focus_and_choice_are_marked(matrix):
    matrix.show_chosen((0, 0))
    matrix.setFocus()
    assert not matrix.grab().isNull()
