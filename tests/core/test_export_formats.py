"""The formats as data: each is complete, and the window can offer it without the engine."""

import pytest

from tlgui.core.export_formats import EXPORT_FORMATS, MODALITIES, QUANTIZATIONS, formats_for

FORMAT = pytest.mark.parametrize("known", EXPORT_FORMATS.values(), ids=EXPORT_FORMATS)


@FORMAT
def test_every_format_is_known_by_its_id_and_says_what_it_needs(known):
    assert EXPORT_FORMATS[known.id] is known
    assert known.model
    assert known.writing
    assert known.running


@FORMAT
@pytest.mark.parametrize("modality", MODALITIES)
def test_first_choice_is_to_leave_the_weights_as_they_are(known, modality):
    found = known.quantizations(modality)

    assert set(found) <= set(QUANTIZATIONS)
    assert not found or found[0] == ""


@pytest.mark.parametrize("modality", MODALITIES)
def test_keras_is_offered_first_whatever_a_sample_is(modality):
    assert formats_for(modality)[0].id == "keras"


def test_format_that_takes_no_pictures_is_not_offered_for_them():
    assert "keras_hub" not in [known.id for known in formats_for("image")]
    assert "keras_hub" in [known.id for known in formats_for("text")]
