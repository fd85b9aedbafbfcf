import pytest
from babel.messages.catalog import Message

from tools.translations import faults_of_message


@pytest.mark.parametrize(
    ("original", "translated", "fault"),
    [
        ("Save", "", "not translated"),
        ("Locked until %(time)s", "Terkunci", "placeholders differ"),
        ("{} new, {} gone", "{} baru, {} hilang", None),
        ("{} new", "{} baru {}", "placeholders differ"),
        ("{count} new", "{jumlah} baru", "placeholders differ"),
        (("%(n)d minute", "%(n)d minutes"), ("%(n)d menit",), None),
        (("one minute", "%(n)d minutes"), ("semenit",), "placeholders differ"),
        ("100% sure", "100% yakin", None),
        ("Save", "Simpan\n", "line breaks"),
    ],
)
def test_a_translation_carries_what_the_original_carries(original, translated, fault):
    found = list(faults_of_message(Message(original, translated)))
    assert [text.startswith(fault) for text in found] == [True] if fault else found == []


def test_a_doubtful_translation_is_refused():
    assert list(faults_of_message(Message("Save", "Simpan", flags=["fuzzy"]))) == ["fuzzy"]
