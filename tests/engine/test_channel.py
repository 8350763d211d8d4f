"""What is known of a job after any end."""

import io
import threading

import pytest

from tlgui.core.events import EpochEnded, JobCancelled, Progressed
from tlgui.core.run_folder import read_events
from tlgui.engine.channel import Channel, JobStopped, follow_requests, print_to


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_event_is_on_disk_before_anybody_hears_of_it(tmp_path):
    on_disk = []
    channel = Channel(
        tmp_path, [lambda event: on_disk.append(list(read_events(tmp_path / "events.jsonl")))]
    )

    channel.send(Progressed, activity="reading", done=1, total=2)

    assert [event.done for event in on_disk[0]] == [1]


def test_numbers_go_on_after_a_crash_with_a_torn_line(tmp_path):
    Channel(tmp_path).send(Progressed, activity="reading", done=1, total=2)
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"v": 1, "kind": "progr')

    Channel(tmp_path).send(Progressed, activity="reading", done=2, total=2)

    assert [event.seq for event in read_events(tmp_path / "events.jsonl")] == [1, 2]


def test_progress_is_sent_ten_times_per_second_and_at_the_end():
    clock, heard = Clock(), []
    channel = Channel(None, [heard.append], ticks=clock)

    for done in range(1, 101):
        clock.now += 0.01
        channel.progress("reading", done, 100)

    assert 9 <= len(heard) <= 12
    assert heard[-1].done == 100


def test_different_activities_do_not_silence_each_other():
    heard = []
    channel = Channel(None, [heard.append], ticks=Clock())

    channel.progress("reading", 1, 9)
    channel.progress("features", 1, 9)

    assert [event.activity for event in heard] == ["reading", "features"]


@pytest.mark.parametrize(
    ("text", "request_"),
    [("pause\n", "pause"), ("stop\n", "stop"), ("", "pause"), ("?\n", "pause")],
)
def test_requests_arrive_and_a_dead_window_means_pause(text, request_):
    channel = Channel()
    follow_requests(channel, io.StringIO(text))
    for thread in threading.enumerate():
        if thread.name == "requests":
            thread.join()

    assert channel.request == request_
    with pytest.raises(JobStopped):
        channel.stop_if_requested()


def test_reader_that_went_away_does_not_end_the_job():
    stream = io.StringIO()
    channel = Channel(None, [print_to(stream)])
    channel.send(JobCancelled)
    stream.close()

    channel.send(JobCancelled)


def test_event_with_a_missing_field_is_a_mistake_of_ours():
    with pytest.raises(TypeError):
        Channel().send(EpochEnded, epoch=1)


def test_request_frees_a_thread_that_waits():
    channel, freed = Channel(), []
    with channel.interrupting(lambda: freed.append(1)):
        assert not freed
        channel.request = "stop"
        assert freed == [1]
    with channel.interrupting(lambda: freed.append(2)):
        assert freed == [1, 2], "a stop that came before would never be heard"
    channel.request = "pause"
    assert freed == [1, 2]
