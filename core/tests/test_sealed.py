"""What is kept sealed comes back with our keys alone, and a new key can take over."""

import secrets

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from core.sealed import NotOpened, open_sealed, reseal, seal

OLD, NEW = Fernet.generate_key().decode(), secrets.token_urlsafe(32)


def test_a_secret_comes_back_and_does_not_show(settings):
    settings.FIELD_KEYS = [OLD]
    sealed = seal("3273010101900001")

    assert b"3273010101900001" not in sealed
    assert seal("3273010101900001") != sealed
    assert open_sealed(memoryview(sealed)) == "3273010101900001"


def test_a_new_key_opens_what_the_old_one_sealed_until_it_is_resealed(settings):
    settings.FIELD_KEYS = [OLD]
    sealed = seal("secret")
    settings.FIELD_KEYS = [NEW, OLD]

    resealed = reseal(sealed)

    assert open_sealed(sealed) == "secret"
    settings.FIELD_KEYS = [NEW]
    assert open_sealed(resealed) == "secret"
    with pytest.raises(NotOpened):
        open_sealed(sealed)
    with pytest.raises(NotOpened):
        reseal(sealed)


def test_an_altered_seal_is_not_opened(settings):
    settings.FIELD_KEYS = [OLD]
    with pytest.raises(NotOpened):
        open_sealed(seal("secret")[:-4] + b"AAA=")


@pytest.mark.parametrize("keys", [[], ["short"]])
def test_keys_that_are_none_say_what_is_needed(settings, keys):
    settings.FIELD_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="GERAI_FIELD_KEYS"):
        seal("secret")
