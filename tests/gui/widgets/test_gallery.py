import os

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QPixmapCache

from tlgui.gui.widgets import gallery as gallery_module
from tlgui.gui.widgets.gallery import Gallery, Picture, pixmap_of


def pictures(count: int, thumbnail: str = "") -> list[Picture]:
    return [Picture(thumbnail=thumbnail, caption=f"{n}", file=f"{n}.png") for n in range(count)]


@pytest.fixture
def gallery(theme, qtbot):
    QPixmapCache.clear()
    gallery = Gallery(theme, QSize(130, 130))
    qtbot.addWidget(gallery)
    gallery.resize(560, 400)
    gallery.show()
    qtbot.waitExposed(gallery)
    return gallery


def test_only_what_is_on_the_screen_is_decoded(gallery, qtbot, monkeypatch):
    decoded = []
    real = gallery_module.pixmap_of
    monkeypatch.setattr(gallery_module, "pixmap_of", lambda f: decoded.append(f) or real(f))
    gallery.pictures.add([Picture(thumbnail=f"{n}", caption="", file="") for n in range(5000)])
    gallery.grab()
    assert 0 < len(set(decoded)) < 50


def test_tiles_fill_the_row(gallery):
    gallery.pictures.add(pictures(20))
    width = gallery.viewport().width()
    columns = width // gallery.visualRect(gallery.pictures.index(0)).width()
    assert columns == 4
    assert width - columns * gallery.visualRect(gallery.pictures.index(0)).width() < 4


def test_pictures_that_stay_are_not_drawn_anew(gallery, qtbot):
    model = gallery.pictures
    model.show_pictures(pictures(3))
    with qtbot.assertNotEmitted(model.modelReset):
        model.show_pictures(pictures(3))
        model.show_pictures(pictures(5))
    assert model.rowCount() == 5
    assert model.rowCount(model.index(0)) == 0
    with qtbot.waitSignal(model.modelReset, timeout=1000):
        model.show_pictures(pictures(2)[1:])


def test_picture_without_thumbnail_shows_its_name(gallery, thumbnail):
    gallery.pictures.show_pictures([*pictures(1), *pictures(1, thumbnail)])
    gallery.setCurrentIndex(gallery.pictures.index(0))
    gallery.setFocus()
    assert not gallery.grab().isNull()
    assert gallery.pictures.data(gallery.pictures.index(0), Qt.ItemDataRole.FontRole) is None


def test_other_picture_under_the_same_name_is_decoded_anew(qapp, tmp_path):
    file = tmp_path / "0.png"
    colors = ("#ff0000", "#0000ff")
    shown = []
    for number, color in enumerate(colors):
        image = QImage(4, 4, QImage.Format.Format_RGB32)
        image.fill(QColor(color))
        assert image.save(str(file))
        os.utime(file, (1_000 + number, 1_000 + number))
        shown.append(pixmap_of(str(file)).toImage().pixelColor(1, 1).name())
    assert shown == [*colors]
