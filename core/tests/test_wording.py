"""What is refused in a worker is read by people of two languages."""

import pytest
from django.utils import translation

from core.uploads.exceptions import UploadRefused
from core.wording import Late, in_each_language, in_readers_language

LARGE = "A row has more than %(n)d columns."


def test_a_late_sentence_is_said_anew_in_each_language():
    refused = UploadRefused(Late(LARGE) % {"n": 7})

    with translation.override("en"):
        assert str(refused) == "A row has more than 7 columns."
    with translation.override("id"):
        assert str(refused) == translation.gettext(LARGE) % {"n": 7} != "A row has more than 7 columns."


def test_a_late_sentence_without_facts_keeps_its_percent_signs():
    with translation.override("en"):
        assert str(Late("100 % of it")) == "100 % of it"


@pytest.mark.parametrize(("language", "read"), [("en", "en"), ("en-gb", "en"), ("id", "id"), ("fr", "id")])
def test_the_reader_gets_the_own_language_or_the_portal_s(language, read):
    said = in_each_language(Late(LARGE) % {"n": 7})

    assert set(said) == {"en", "id"}
    with translation.override(language):
        assert in_readers_language(said) == said[read]


def test_what_was_kept_in_one_language_is_read_as_it_stands():
    with translation.override("id"):
        assert in_readers_language({"en": "Only this"}) == "Only this"
        assert in_readers_language({}) == ""
