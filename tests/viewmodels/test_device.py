import pytest

from tlgui.viewmodels.device import DeviceViewModel, device_words


@pytest.fixture
def viewmodel(qapp) -> DeviceViewModel:
    return DeviceViewModel()


def test_nothing_is_guessed_before_the_computer_has_computed(viewmodel):
    assert viewmodel.sentence == "Getting ready…"
    assert viewmodel.status == "Getting ready…"


def test_processor_is_told_with_what_a_small_run_takes(viewmodel, story):
    viewmodel.on_device_reported(story.device())
    assert viewmodel.sentence == (
        "No usable GPU: training runs on the processor, A processor, 2 cores, 8.0 GB. "
        "A first answer for 500 pictures takes about 10 s."
    )
    assert viewmodel.status == "A processor, 2 cores, 8.0 GB: ready"


def test_gpu_without_a_measurement_promises_no_time(viewmodel, story):
    viewmodel.on_device_reported(
        story.device(device="gpu", name="A card", num_cores=0, samples_per_s=0.0)
    )
    assert viewmodel.sentence == "This computer can train: A card, 8.0 GB."


def test_one_core_and_unknown_names_are_said_rightly(story):
    assert device_words(story.device(num_cores=1, memory_bytes=0)) == "A processor, 1 core"
    assert device_words(story.device(name="", num_cores=0)) == "8.0 GB"
