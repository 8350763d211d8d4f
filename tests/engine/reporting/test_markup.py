"""Markup from small functions."""

from tlgui.engine.reporting.markup import Html, bullets, join, pairs, paragraph, section, tag
from tlgui.engine.reporting.plots import Axes, Curve, plot

AXES = Axes(x="epoch", y="loss", x_range=(1, 3), y_range=(0.0, 2.0))


def test_text_is_escaped_and_markup_is_not():
    inner = tag("b", "a < b", title='"quoted"')
    assert tag("p", "x & y ", inner) == (
        '<p>x &amp; y <b title="&quot;quoted&quot;">a &lt; b</b></p>'
    )
    assert isinstance(join(["<", inner]), Html)


def test_names_of_attributes_are_those_of_html():
    assert tag("p", "", class_="note", data_x=1) == '<p class="note" data-x="1"></p>'


def test_what_is_empty_leaves_nothing_behind():
    assert section("Title", Html(""), "") == ""
    assert paragraph("") == bullets([]) == pairs([("name", "")]) == ""


def test_curve_runs_from_left_below_to_right_above():
    left, low = AXES.at(1, 0)
    right, high = AXES.at(3, 2)
    assert left < right
    assert low > high


def test_plot_names_its_curves_only_where_there_are_several():
    curve = Curve(name="training", points=((1, 0.5), (3, 0.1)), color="#000000", has_dots=True)
    one, two = plot(AXES, [curve]), plot(AXES, [curve, curve], sentence="Loss falls")
    assert "figcaption" not in one
    assert two.count("training") == 2
    assert "<title>Loss falls</title>" in two
    assert one.count("<circle") == 2
