"""The door's texts are the field's own, word for word; whoever changes the catalogue changes them here too."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

CATALOGUE = Path(settings.BASE_DIR) / "locale/id/LC_MESSAGES/django.po"
WORDS = {
    "This NIK is not registered!": "NIK Belum Terdaftar!",
    "Sorry, this account was disabled by the admin!": "Maaf akun ini telah dinonaktifkan oleh admin!",
    "Could not get the user's data!": "Gagal Mendapatkan Data User!",
    "Wrong PIN, please try again": "PIN salah, silakan ulangi",
    "Locked until %(time)s": "Terkunci sampai %(time)s",
    "This PIN is too easy to guess": "PIN terlalu mudah ditebak",
    "Change role": "Ganti peran",
    '<span class="role-verb">Log in as</span> %(role)s': '<span class="role-verb">Masuk sebagai</span> %(role)s',
}


@pytest.fixture(scope="module")
def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="id")


@pytest.mark.parametrize(("source", "indonesian"), WORDS.items())
def test_the_door_speaks_as_people_know_it(catalogue, source, indonesian):
    message = catalogue.get(source)
    assert message is not None
    assert not message.fuzzy
    assert message.string == indonesian
