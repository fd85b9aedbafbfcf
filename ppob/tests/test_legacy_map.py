"""docs/ppob-legacy-map.md places every table of the original, among models and functions that there really are."""

import re

import pytest
from django.apps import apps
from django.conf import settings

from ppob import ledger
from ppob.legacy.exceptions import DumpRefused
from ppob.legacy.loaders import LOADERS
from ppob.legacy.mapping import read_mapping

PAGE = (settings.BASE_DIR / "docs" / "ppob-legacy-map.md").read_text()
TABLES = {
    "am_user", "am_user_trash", "am_corp", "am_crm", "profile_corp",
    "am_user_token", "blacklist", "version", "version_agent", "am_balance",
    "am_update_balance", "am_update_balance_bni_va_billing", "am_update_poin", "emoney", "emoney_backup",
    "holding_account", "balance_us", "biller_update_balance", "am_itemlimit", "am_limit_trx_day",
    "am_limit_trx_month", "trancode", "trancode_biller", "am_trancode", "mm_bills",
    "biller_crm", "socketconn", "stanmanage", "messagein", "messagein_backup",
    "messageout", "messageout_backup", "tempmsg", "tempmsg_backup", "timeoutresp",
    "am_virtual_account", "tempmsg_va", "tempmsg_va_backup", "redeem_approval", "redeem_itemlist",
    "scan_itemlist", "transaction_achievement", "merchant", "warungqr_list", "ads_list",
    "random_ayat", "push_notif", "configapp", "ppob_user", "ppob_user_activity",
}  # fmt: skip
OPERATIONS = {
    "am_receivemoneyproc", "am_receivepoinproc", "am_setlimitproc", "am_revlimitproc", "am_setpoinproc", "setbalanceusproc",
    "revbalanceusproc", "checkid",
}  # fmt: skip
LINES = re.findall(r"^\| (\d+) \| `(\w+)` \| ([^|]+) \| (read|not read) \| (.+) \|$", PAGE, re.MULTILINE)


def test_each_of_the_fifty_tables_has_its_line_once():
    assert len(TABLES) == 50
    assert [int(number) for number, *_rest in LINES] == list(range(1, 51))
    assert sorted(name for _number, name, *_rest in LINES) == sorted(TABLES)


def test_the_models_that_are_named_are_there():
    models = {model.__name__ for model in apps.get_models()}
    for _number, table, homes, _read, why in LINES:
        named = re.findall(r"`(\w+)`", homes)
        assert named, table
        assert set(named) <= models, table
        assert why


def test_the_page_says_of_each_table_what_the_mapping_does():
    mapping = read_mapping()
    assert mapping.keys() == TABLES
    for _number, table, homes, read, _why in LINES:
        assert (read == "read") == (not mapping[table].skip), table
        model = getattr(LOADERS.get(mapping[table].into), "model", None)
        assert model is None or f"`{model.__name__}`" in homes, table


def test_the_eight_operations_are_there():
    told = dict(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", PAGE, re.MULTILINE))
    assert told.keys() == OPERATIONS
    assert all(callable(getattr(ledger, name, None)) for name in told.values())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[am_user]\ninto = "agent"\n[am_user.columns]\nname = ["pin"]', "is a secret"),
        ('[am_user]\ninto = "agent"\n[am_user.columns]\nfailed_pins = ["pin_history"]', "is a secret"),
        ('[am_user]\ninto = "agent"\n[am_user.columns]\npassword = ["x"]', "agent has no password"),
        ('[am_user]\ninto = "nothing"', "into is one of"),
        ('[am_user]\nlike = "later"', "has to stand above"),
        ("[am_user]\ncolums = {}", "colums is not known"),
        ('[am_user]\ninto = "agent"\n[am_user.columns]\nname = "nama"', "a list of names"),
        ("[am_user", "Cannot read the mapping"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_in_words(tmp_path, text, why):
    file = tmp_path / "mapping.toml"
    file.write_text(text)
    with pytest.raises(DumpRefused, match=why):
        read_mapping(file)
