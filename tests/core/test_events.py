"""Every message of the engine."""

import json

import pytest

from tests.core.examples import example, nothing
from tlgui.core import events
from tlgui.core.events import KINDS, PROTOCOL_VERSION, Event, Progressed, from_json

KIND = pytest.mark.parametrize("cls", KINDS.values(), ids=KINDS)


@KIND
@pytest.mark.parametrize("make", [example, nothing])
def test_every_event_round_trips(cls, make):
    event = make(cls)
    assert from_json(event.to_json()) == event
    assert "\n" not in event.to_json(), "an event is one line"


@KIND
def test_every_event_names_its_kind_and_the_version_of_the_protocol(cls):
    record = json.loads(example(cls).to_json())
    assert (record["kind"], record["v"]) == (cls.kind, PROTOCOL_VERSION)


@KIND
def test_every_event_that_lost_a_field_is_refused(cls):
    record = json.loads(example(cls).to_json())
    del record["seq"]
    with pytest.raises(ValueError, match="seq"):
        from_json(json.dumps(record))


def test_every_event_of_the_module_is_known_by_a_kind_of_its_own():
    classes = {
        value
        for value in vars(events).values()
        if isinstance(value, type) and issubclass(value, Event) and value is not Event
    }
    assert set(KINDS.values()) == classes
    assert all(cls.kind == kind for kind, cls in KINDS.items())


def test_there_is_an_end_for_every_kind_of_job():
    assert {kind for kind, cls in KINDS.items() if cls.ends_job} == {
        "advice_ready",
        "copies_finished",
        "document_written",
        "evaluation_finished",
        "explanations_finished",
        "export_finished",
        "job_cancelled",
        "prediction_finished",
        "preview_ready",
        "rates_tried",
        "review_finished",
        "run_failed",
        "run_finished",
        "run_stopped",
        "scan_finished",
    }


@pytest.mark.parametrize("line", ['{"kind": "from_the_future"}', "{}", '{"kind": ["x"]}'])
def test_a_kind_that_only_a_later_version_knows_is_skipped(line):
    assert from_json(line) is None


def test_a_field_that_only_a_later_version_knows_is_ignored():
    event = example(Progressed)
    assert from_json(json.dumps({**json.loads(event.to_json()), "mood": "good"})) == event


@pytest.mark.parametrize("line", ["", "noise", "[1]", "5", "null", '"progressed"', '{"kind": '])
def test_a_line_that_is_no_event_is_refused(line):
    with pytest.raises(ValueError, match=r"no event|Expecting|char"):
        from_json(line)


def test_a_file_name_that_is_no_unicode_can_be_reported():
    name = b"caf\xe9.png".decode("utf-8", "surrogateescape")
    event = events.SamplePredicted(seq=1, time_s=1.0, file=name, predicted="x", probability=0.5)
    assert from_json(event.to_json().encode().decode()) == event
