"""What the database writes as CSV is, byte for byte, what Python would have written."""

import io
import random
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from core.exports.columns import Column
from core.exports.copying import Copied, write_copy
from core.exports.csv_writer import write_csv
from core.exports.formula import safe_text
from core.exports.safe_sql import safe_text_sql
from core.tests.test_exports_text import ABOUT, TEXTS

pytestmark = pytest.mark.django_db
SIGNS = "=+-@|%;\t\r\n ab1'\"\u200b\u00a0\ufeff\uff1d\u2212\x01\x1f\u3000\U000e0001\u00ad,x\\"
COLUMNS = (Column("number", "Nomor", "int"), Column("text", "=Teks"))


def texts():
    """The corpus, five thousand more of its signs, and every sign there is before a formula; none of what is no text."""
    chance = random.Random(20261126)
    made = ("".join(chance.choices(SIGNS, k=chance.randint(0, 7))) for _ in range(5000))
    codes = [*range(1, 0xD800), *range(0xE000, 0x11000), 0x1D173, 0xE0100, 0x13430, 0x1BCA0]
    known = [
        text.replace("\0", "") for text in TEXTS if not any(0xD800 <= ord(sign) <= 0xDFFF for sign in text)
    ]
    return [*known, *made, *(f"{chr(code)}=1" for code in codes)]


def test_a_text_is_made_safe_by_sql_as_by_python():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT x, {safe_text_sql('x')} FROM unnest(%s::text[]) x", [texts()])
        differing = [(text, told) for text, told in cursor.fetchall() if told != safe_text(text)]
    assert differing == []


def test_the_file_is_the_same_byte_for_byte():
    values = [*texts()[:3000], None]
    by_python, by_database = io.BytesIO(), io.BytesIO()
    rows = [SimpleNamespace(number=-at, text=text) for at, text in enumerate(values)]
    write_csv(rows, COLUMNS, by_python, ABOUT)
    heard = []
    sql = f"SELECT 1 - n, {safe_text_sql('x')} FROM unnest(%s::text[]) WITH ORDINALITY t (x, n) ORDER BY n"
    count = write_copy(Copied(sql, (values,)), COLUMNS, by_database, tick=heard.append)
    assert by_database.getvalue() == by_python.getvalue()
    assert (count, heard) == (len(values), [2000])


def test_one_that_is_stopped_leaves_the_connection_usable():
    class Stopped(Exception):
        pass

    def stop(done):
        raise Stopped

    with pytest.raises(Stopped), transaction.atomic():
        write_copy(
            Copied("SELECT n, 'x' FROM generate_series(1, 1000000) n"), COLUMNS, io.BytesIO(), tick=stop
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
