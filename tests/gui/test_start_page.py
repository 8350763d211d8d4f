from tests.stories import Story
from tlgui.gui.pages.start_page import StartPage


def test_first_page_says_what_this_computer_can_do_once_it_has_computed(desk):
    page = desk.page("start")
    assert page.title.text() == "What would you like to teach?"
    assert page.sub.text() == "Getting ready…"
    desk.device.on_device_reported(Story().device())
    assert page.sub.text().startswith("No usable GPU: training runs on the processor")
    assert desk.window.status.device.text().startswith("A processor")


def test_example_is_one_click_away(desk, engines):
    desk.page("start").example.click()
    assert engines.jobs[0].source == "/the/example"
    assert desk.journey.stage == "data"


def test_folder_and_table_are_chosen_and_the_place_is_remembered(desk, engines, answers):
    answers.path = "/data/trees"
    desk.page("start").pictures.click()
    assert engines.jobs[-1].source == "/data/trees"
    assert desk.appearance.settings.last_folder == "/data"
    answers.path = "/elsewhere/labels.csv"
    desk.page("start").table.click()
    assert engines.jobs[-1].source == "/elsewhere/labels.csv"
    assert desk.appearance.settings.last_folder == "/elsewhere"


def test_closed_dialog_changes_nothing(desk, engines):
    desk.page("start").pictures.click()
    desk.page("start").table.click()
    assert engines.jobs == []
    assert desk.journey.stage == "start"


def test_first_page_can_be_used_with_the_keyboard_alone(desk, qtbot):
    page = desk.page("start")
    assert page.focusProxy() is page.example
    assert page.example.accessibleName() == "Try the example"


def test_next_start_offers_to_go_on_with_what_broke_off(desk, make_run, story, engines, qtbot):
    page = desk.page("start")
    assert not page.unfinished.isVisible()
    story.start()
    make_run("trees-1", story)
    desk.journey.refresh_runs()
    assert page.unfinished.text.text() == "trees-1: interrupted · today"
    page.resume.click()
    qtbot.waitUntil(lambda: bool(engines.jobs))
    assert engines.jobs[0].kind == "train"
    page._continue()


def test_folder_of_texts_is_one_click_away(desk, engines, answers):
    answers.path = "/data/letters"
    desk.page("start").texts.click()
    assert engines.jobs[-1].source == "/data/letters"


def test_example_of_texts_is_offered_where_it_is_installed(desk, engines, theme, qtbot):
    desk.page("start").text_example.click()
    assert engines.jobs[-1].source == "/the/texts"
    page = StartPage(desk.device, desk.journey.runs, theme, {"image": "/the/example", "text": ""})
    qtbot.addWidget(page)
    assert page.text_example.isHidden()
