from tlgui.core.settings import Settings, read_settings
from tlgui.viewmodels.appearance import AppearanceViewModel


def test_what_a_person_chose_is_there_at_the_next_start(app_home, qtbot):
    viewmodel = AppearanceViewModel(Settings(), app_home.settings)
    with qtbot.waitSignal(viewmodel.theme_chosen, timeout=1000) as chosen:
        viewmodel.choose_theme("dark")
    assert chosen.args == ["dark"]
    viewmodel.remember_folder("/data")
    viewmodel.remember_geometry("AAEC")
    expected = Settings(theme="dark", last_folder="/data", window_geometry="AAEC")
    assert read_settings(app_home.settings) == expected == viewmodel.settings


def test_unchanged_settings_are_not_written_again(app_home, qapp):
    written = []
    viewmodel = AppearanceViewModel(
        Settings(), app_home.settings, write=lambda *args: written.append(args)
    )
    viewmodel.remember_folder("")
    viewmodel.remember_folder("/a")
    viewmodel.remember_folder("/a")
    assert len(written) == 1


def test_full_disk_keeps_nobody_from_changing_colors(app_home, qtbot):
    def refuse(*_args):
        raise OSError("full")

    viewmodel = AppearanceViewModel(Settings(), app_home.settings, write=refuse)
    with qtbot.waitSignal(viewmodel.theme_chosen, timeout=1000):
        viewmodel.choose_theme("light")
    assert viewmodel.settings.theme == "light"
