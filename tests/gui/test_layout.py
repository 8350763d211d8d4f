"""Nothing is cut off or lies on something else, on any page, in both themes, at two sizes."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QScrollArea,
    QWidget,
)

from tests.presets import LITE0
from tests.stories import TEXTS, Story, messages, snippets
from tlgui.core.comparing import Comparison, Flip
from tlgui.core.dataset import Problem
from tlgui.core.evaluation import Estimate, Prediction
from tlgui.core.events import (
    AnswersReady,
    PreviewReady,
    Progressed,
    RatesTried,
    RateTried,
    SamplePredicted,
    Share,
    TextAnswered,
)
from tlgui.core.facts import Facts, PresetFacts
from tlgui.core.review import Review, Shortcut, Suspect
from tlgui.core.review_words import HINTS
from tlgui.gui.widgets.text import ElidedLabel

SMALLEST = (900, 500)
SIZES = [(1280, 800), SMALLEST, (1920, 1080)]
THEMES = {len(SIZES): "dark", 2 * len(SIZES): "light"}  # by the number of sizes that were shown


def faults(window: QWidget) -> list[str]:
    """Return what a person would see cut off or covered."""
    return [
        fault
        for widget in _visible(window)
        for fault in (*_cut_off(widget), *_cut_text(widget), *_overlaps(widget))
    ]


def _visible(widget: QWidget) -> Iterator[QWidget]:
    for child in widget.children():
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow():
            yield child
            if isinstance(child, QScrollArea):
                yield from _visible(child.widget())
            elif not isinstance(child, QAbstractScrollArea | QComboBox):
                yield from _visible(child)


def _cut_off(widget: QWidget) -> Iterator[str]:
    frame = widget.parentWidget().rect()
    if not frame.contains(widget.geometry()):
        yield f"{_name(widget)} at {widget.geometry()} leaves {frame}"


def _cut_text(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, ElidedLabel):
        return  # shows the whole text in its tooltip
    if isinstance(widget, QLabel | QAbstractButton) and widget.text():
        needed = widget.sizeHint()
        if isinstance(widget, QLabel) and widget.wordWrap():
            needed = QSize(0, widget.heightForWidth(widget.width()))
        if needed.width() > widget.width() or needed.height() > widget.height():
            yield f"{_name(widget)} needs {needed}, has {widget.size()}"


def _overlaps(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QAbstractScrollArea):
        return
    children = [c for c in widget.children() if isinstance(c, QWidget) and c.isVisible()]
    for one, other in combinations(children, 2):
        common: QRect = one.geometry() & other.geometry()
        if not common.isEmpty() and not one.isWindow() and not other.isWindow():
            yield f"{_name(one)} and {_name(other)} share {common}"


def _name(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    return f"{type(widget).__name__} {text[:60]!r}"


def show_start(play):
    play.desk.device.on_device_reported(
        Story().device(name="A processor with a very long name @ 2.80 GHz, many-core edition")
    )


def show_data(play):
    problems = [Problem(code="file_unreadable", path=f"a/{n}.png", reason="x") for n in range(9)]
    play.scan(*problems)
    play.desk.page("data").show_problems.click()


def show_plan(play):
    play.scan()
    play.desk.journey.dataset.accept()
    play.desk.journey.plan.choose_strategy("head_then_all")
    play.desk.page("plan").more.click()
    play.desk.page("plan").show_command.click()
    play.desk.journey.plan.change_setting("epochs", "a hundred")


def show_all_ways(play):
    show_plan(play)
    play.desk.journey.plan.change_setting("epochs", "")
    play.desk.journey.plan.choose_strategy("lora")
    play.desk.page("plan").all_ways.click()


def show_folders(play):
    show_plan(play)
    play.desk.journey.plan.choose_strategy("gradual_unfreezing")
    play.desk.journey.plan.take_facts(
        Facts(
            modality="image",
            num_train=1200,
            num_validation=400,
            num_test=400,
            num_classes=2,
            smallest_class=30,
            chance=0.5,
            presets=(PresetFacts(preset=LITE0.id, samples_per_s=9.0, accuracy=0.6),),
        )
    )
    play.desk.page("plan").drawer.headings["forgetting"].click()


def show_advice(play):
    show_folders(play)
    play.desk.journey.plan.change_setting("epochs", "")
    play.desk.page("plan").more.click()
    play.desk.journey.plan.choose_level(2)


def show_over_fitting(play):
    show_plan(play)
    play.desk.page("plan").drawer.headings["overfitting"].click()


def show_variants(play):
    show_over_fitting(play)
    plan, trials = play.desk.journey.plan, play.desk.trials
    plan.change_setting("epochs", "")
    plan.change_setting("augmentation", "strong")
    play.desk.page("plan").pictures.link.click()
    told, picture = Story(), play.thumbnail
    play.engines.running[-1].say(
        told.tell(PreviewReady, originals=(picture,) * 4, files=((picture,) * 4,) * 4)
    )
    play.engines.running[-1].end()
    assert trials.preview.rows


def show_variants_failed(play):
    show_variants(play)
    play.desk.journey.plan.change_setting("augmentation", "gentle")
    play.desk.trials.preview.retry()
    path = "a folder with a long name/" * 4 + "picture.png"
    play.engines.running[-1].say(Story().fail("dataset_changed", path=path, reason="it is gone"))
    play.engines.running[-1].end()


def show_rates_loading(play):
    show_plan(play)
    play.desk.journey.plan.change_setting("epochs", "")
    play.desk.page("plan").rates.link.click()
    told = Story()
    play.engines.running[-1].say(told.tell(Progressed, activity="features", done=100, total=1280))
    play.desk.trials.rates.announce_now()


def show_rates(play):
    show_rates_loading(play)
    told = Story()
    rates = [1e-7 * 10 ** (step / 10) for step in range(60)]
    play.engines.running[-1].say(
        *(
            told.tell(RateTried, learning_rate=rate, loss=0.7 - 60 * rate**0.7 + 200 * rate)
            for rate in rates
        ),
        told.tell(RatesTried, suggested=3e-4),
    )
    play.engines.running[-1].end()


def show_rates_outdated(play):
    show_rates(play)
    play.desk.journey.plan.change_setting("batch_size", "64")


def show_thawing(play):
    told = play.train()
    for number in range(1, 9):
        groups = (False,) * (9 - number) + (True,) * (number + 1)
        told.phase("thaw", 1 + number, epochs=1, trained_groups=groups)
        rates = tuple(1e-4 / 2.6**group for group in range(number + 1))
        told.epoch(2 + number, phase="thaw", learning_rates=rates)
        told.step(3 + number)
    play.engines.running[-1].say(*told.events)
    play.desk.journey.run.announce_now()


def show_waiting(play):
    play.scan()
    play.desk.journey.dataset.accept()
    play.desk.journey.plan.train()
    told = Story()
    play.engines.running[-1].say(
        told.start(), told.tell(Progressed, activity="features", done=100, total=20_000)
    )
    play.desk.journey.run.announce_now()


def show_run(play):
    play.train()


def show_closing(play):
    play.train()
    play.desk.window.close()


def show_failed(play):
    told = play.train()
    play.engines.running[-1].say(
        told.fail("export_disagrees", reason="a long reason that goes on and on " * 8)
    )
    play.engines.running[-1].end()


def show_discarded(play):
    play.train()
    play.desk.journey.run.discard()
    play.engines.running[-1].end()


def show_result(play):
    play.open_result()


def show_use(play):
    play.open_result()
    play.desk.journey.go_to("use")


def show_answers(play):
    show_use(play)
    play.desk.journey.prediction.predict(["/new"])
    told = Story()
    shares = tuple(Share(name=f"a kind with a long name {n}", probability=0.1) for n in range(10))
    play.engines.running[-1].say(
        *(
            told.tell(
                SamplePredicted,
                file=f"/new/{n}.png",
                predicted="a kind with a long name 0",
                probability=0.9 - n / 50,
                is_sure=n < 20,
                shares=shares,
                thumbnail=play.thumbnail,
            )
            for n in range(30)
        ),
        told.tell(Progressed, activity="predicting", done=30, total=60),
    )
    play.desk.journey.prediction.choose_answer(0)
    play.desk.journey.prediction.announce_now()


def show_text_scan(play):
    play.desk.journey.open_source("/data/messages.csv")
    told = Story()
    play.engines.running[-1].say(
        *snippets(told), told.tell(Progressed, activity="reading", done=100, total=20_000)
    )
    play.desk.journey.dataset.announce_now()


def show_text_data(play):
    play.scan_texts()
    play.desk.journey.dataset.choose_class("spam")
    play.desk.page("data").texts.search.setText("winner")
    play.desk.journey.dataset.search("winner")


def show_wrong_columns(play):
    play.desk.journey.open_source("/data/messages.csv")
    known = ", ".join(f"a column with a rather long name {n}" for n in range(9))
    play.engines.running[-1].say(
        Story().fail("column_missing", path="/data/messages.csv", name="text", known=known)
    )
    play.engines.running[-1].end()


def show_text_plan(play):
    play.scan_texts(texts=replace(messages().texts, language="de"))
    play.desk.journey.dataset.accept()
    play.desk.journey.plan.choose_strategy("head_then_all")
    play.desk.page("plan").more.click()
    play.desk.page("plan").show_command.click()


def show_text_run(play):
    play.train(modality="text")


def show_text_result(play):
    play.open_result(is_text=True)


def show_certainty(play):
    play.open_result()
    play.desk.page("result").lenses.buttons["certainty"].click()
    play.desk.page("result").certainty.slider.setValue(60)


def show_text_certainty(play):
    play.open_result(is_text=True)
    play.desk.page("result").lenses.buttons["certainty"].click()


def show_invitation(play):
    play.open_result()
    play.desk.page("result").lenses.buttons["labels"].click()


def show_suspects(play):
    review_of(play, play.open_result(), "image")


def show_text_suspects(play):
    review_of(play, play.open_result(is_text=True), "text")


def show_comparison(play):
    run = play.open_result()
    comparison_of(play, run, "image")


def show_text_comparison(play):
    comparison_of(play, play.open_result(is_text=True), "text")


def comparison_of(play, run, modality):
    """Show what only one of two runs gets right, with many differences between their plans."""
    flips = [Flip(file=f"{n}.png", true="ham", first="spam", second="ham") for n in range(30)]
    viewmodel = play.desk.journey.comparison
    viewmodel.modality = modality
    viewmodel.others, viewmodel.other = (run,), run
    viewmodel._answers = (
        [Prediction(file=f.file, true="ham", predicted="spam", probability=0.9) for f in flips],
        [],
    )
    viewmodel.comparison = Comparison(
        num_samples=412, num_apart=12, num_first=300, num_second=330, p_value=0, flips=tuple(flips)
    )
    viewmodel.differences = ("A setting with a long name: a long value → another value",) * 5
    viewmodel.announce_now()
    play.desk.page("result").lenses.show_chosen("comparison")
    play.desk.journey.evaluation.choose_lens("comparison")


def review_of(play, run, modality):
    """Show what a look at the labels has found, with as many shortcuts as are listed."""
    estimate = Estimate(value=0.98, low=0.95, high=0.99)
    shortcuts = [Shortcut(hint=h, class_name="ham", roc_auc=estimate) for h in HINTS][:6]
    suspects = [
        Suspect(file=f"{n}.png", digest="", label="ham", suggested="spam", quality=0.1)
        for n in range(30)
    ]
    found = Review(
        source="/data",
        modality=modality,
        classes=("ham", "spam"),
        num_samples=1000,
        num_suspects=30,
        suspects=tuple(suspects),
        hints=tuple(HINTS),
        num_hinted=1000,
        shortcuts=tuple(shortcuts),
    )
    viewmodel = play.desk.journey.review
    viewmodel.modality = modality
    viewmodel._take(found)
    viewmodel.choose(0)
    viewmodel.set_aside()
    viewmodel.choose(1)
    play.desk.page("result").lenses.buttons["labels"].click()


def show_text_use(play):
    play.open_result(is_text=True)
    play.desk.journey.go_to("use")
    names = tuple(f"a kind with a long name {n}" for n in range(12))
    told, running = Story(), play.engines.running[-1]
    running.say(told.tell(AnswersReady, classes=names))
    play.desk.page("use").panel.answer.box.setPlainText(TEXTS[1] * 9)
    play.desk.journey.answering._on_pause()
    shares = tuple(share / 78 for share in range(12, 0, -1))
    running.say(
        told.tell(TextAnswered, question=1, probabilities=shares, num_tokens=200, num_cut=72)
    )
    play.desk.journey.answering.announce_now()


def show_text_answers(play):
    show_text_use(play)
    play.desk.journey.prediction.predict(["/new.csv"])
    told = Story()
    play.engines.running[-1].say(
        *(
            told.tell(SamplePredicted, file=f"row {n}", predicted="ham", probability=0.9)
            for n in range(30)
        ),
        told.tell(Progressed, activity="predicting", done=30, total=60),
    )
    play.desk.journey.prediction.announce_now()


PAGES = [
    show_text_scan,
    show_text_data,
    show_wrong_columns,
    show_text_plan,
    show_text_run,
    show_text_result,
    show_text_certainty,
    show_text_suspects,
    show_certainty,
    show_invitation,
    show_suspects,
    show_comparison,
    show_text_comparison,
    show_text_use,
    show_text_answers,
    show_start,
    show_data,
    show_plan,
    show_all_ways,
    show_folders,
    show_advice,
    show_over_fitting,
    show_variants,
    show_variants_failed,
    show_rates_loading,
    show_rates,
    show_rates_outdated,
    show_thawing,
    show_waiting,
    show_run,
    show_closing,
    show_failed,
    show_discarded,
    show_result,
    show_use,
    show_answers,
]

# than the smallest window
WIDE = (
    show_start,
    show_use,
    show_answers,
    show_text_use,
    show_text_answers,
    show_certainty,
    show_text_certainty,
)


@pytest.fixture
def play(request, desk, engines, scan, scan_texts, thumbnail):
    return SimpleNamespace(
        desk=desk,
        engines=engines,
        scan=scan,
        scan_texts=scan_texts,
        train=request.getfixturevalue("train"),
        open_result=request.getfixturevalue("open_result"),
        thumbnail=thumbnail,
    )


def starts():
    """Every page with every size that it may be opened at; one size of each is tried by default."""
    for number, show in enumerate(PAGES):
        for place, (width, height) in enumerate(SIZES):
            marks = () if number % len(SIZES) == place else pytest.mark.slow
            yield pytest.param(show, place, id=f"{show.__name__}-{width}x{height}", marks=marks)


@pytest.mark.parametrize(("show", "start"), [*starts()])
def test_page_shows_everything_whole_at_every_size_in_both_themes(play, theme, qtbot, show, start):
    window = play.desk.window
    window.resize(*SIZES[start])
    show(play)
    for step in range(2 * len(SIZES) + 1):  # it ends as it began
        if step in THEMES:
            theme.choose(THEMES[step])  # makes every widget say anew what room it needs
        size = SIZES[(start + step) % len(SIZES)]
        window.resize(*size)
        with contextlib.suppress(qtbot.TimeoutError):  # what is wrong is said below
            qtbot.waitUntil(lambda: not [*_misfits(window, show, size)], timeout=3000)  # noqa: B023
        assert [*_misfits(window, show, size)] == [], f"{size} after {step} changes"


def _misfits(window: QWidget, show: Callable, size: tuple[int, int]) -> Iterator[str]:
    yield from faults(window)
    area = window.pages.currentWidget()
    if window.size().toTuple() != size:
        yield "the page needs more room than the window has"
    if (size != SMALLEST or show not in WIDE) and area.horizontalScrollBar().maximum():
        yield "the page scrolls sideways"
    if size != SMALLEST and area.verticalScrollBar().maximum():
        yield "the page scrolls"
