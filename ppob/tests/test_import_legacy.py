"""`ppob_import_legacy`: the original's tables from CSVs, a ZIP or an SQL dump; again changes nothing; secrets stay behind."""

import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from core.models import AuditEntry
from core.sealed import open_sealed
from ppob.choices import AccountKind, AgentStatus
from ppob.legacy import importer
from ppob.models import (
    Agent,
    AgentDevice,
    Biller,
    BillerProduct,
    Connection,
    Content,
    Corporate,
    Limit,
    Merchant,
    Product,
    Transfer,
)
from ppob.services.proof import verify_ledger
from ppob.tests.ledger_factories import account, total_of

pytestmark = pytest.mark.django_db

AGENTS = (
    "user_id,nama,email,status,level,verified,ktp,password,pin,pin_history,otp,failed_pin,created_at,shoe_size,corp_id\n"
    "081200000001,Kios Satu,satu@example.co.id,1,2,1,3273010101900001,secret,482913,1;2;3,777777,2,2019-05-20 10:11:12,42,CORP1\n"
    "081200000002,Kios Dua,,BLOKIR,1,0,,x,y,,,0,2019-05-21,,\n"
    "12,Terlalu Pendek,,1,1,0,,,,,,0,2019-05-21,,\n"
    "081200000003,Status Aneh,,7,1,0,,,,,,0,2019-05-21,,\n"
    "081200000004,Tanpa Perusahaan,,1,1,0,,,,,,0,2019-05-21,,NIX\n"
)
FILES = {
    "am_corp": "corp_id;corp_name\nCORP1;PT Mitra\n",
    "biller_crm": "biller_code,biller_name\nFIN,Finnet\n",
    "socketconn": "conn_code,biller_code,ip,port\nL1,FIN,10.0.0.9,9001\nL2,NIX,10.0.0.9,9001\nL3,FIN,10.0.0.9,70000\n",
    "stanmanage": "conn_code,stan\nL1,123\n",
    "trancode": "trancode|nama_produk|jenis|harga\nTSEL25|Pulsa 25|PULSA|26500.00\nPLN|Tagihan PLN|pln|0\nX|Koma|pulsa|1.5\n",
    "trancode_biller": "biller_code,trancode,biller_trancode,cost,priority\nFIN,TSEL25,F25,25000,1\n",
    "am_user": AGENTS,
    "am_user_trash": "user_id,nama,status\n081200000009,Dibuang,1\n081200000001,Ada di keduanya,1\n",
    "am_user_token": "user_id,token,device_model\n081200000001,abc-token,Oppo\n",
    "am_itemlimit": "id,level,limit\n1,1,500000\n",
    "am_balance": "id,user_id,saldo,shoe\n1,081200000001,250000,\n2,081200000002,0,\n3,081200000002,-5,\n4,089900000000,1000,\n",
    "emoney": "id,user_id,saldo\n1,081200000001,1000\n",
    "emoney_backup": "id,user_id,saldo\n1,081200000001,1000\n2,081200000002,700\n",
    "balance_us": "id,biller_code,saldo\n1,FIN,9000000\n",
    "warungqr_list": "kode_warung,nama_warung\nW1,Warung QR\n",
    "random_ayat": "id,surah,ayat\n1,Al-Fatihah,Bismillah\n",
    "messagein": "id,body\n1,x\n",
    "ppob_user": "username,password\nadmin,secret\n",
    "somethingelse": "a\n1\n",
}


def folder(path, files=None):
    for name, text in (files or FILES).items():
        (path / f"{name}.csv").write_text(text)
    return path


def run(path, *more):
    out = io.StringIO()
    call_command("ppob_import_legacy", "--dump", str(path), "--json", *more, stdout=out)
    return json.loads(out.getvalue())


def reasons(answer, table):
    return {row["line"]: row["reason"] for row in answer["rejected"] if row["table"] == table}


def test_the_main_tables_come_with_their_rows_rejected_ones_explained(tmp_path):
    answer = run(folder(tmp_path))

    agent = Agent.objects.get(agent_id="081200000001")
    assert (agent.name, agent.status, agent.level, agent.verification) == (
        "Kios Satu",
        "active",
        2,
        "verified",
    )
    assert (agent.failed_pins, agent.corporate.code) == (2, "CORP1")
    assert open_sealed(agent.ktp_sealed) == "3273010101900001"
    assert agent.registered_at.isoformat() == "2019-05-20T03:11:12+00:00"
    assert Agent.objects.get(agent_id="081200000009").status == AgentStatus.CLOSED
    assert AgentDevice.objects.get().agent == agent
    assert Connection.objects.get().last_stan == 123
    assert (Product.objects.get(code="TSEL25").price, Product.objects.get(code="PLN").price) == (26_500, None)
    assert BillerProduct.objects.get().cost == 25_000
    assert Merchant.objects.get().has_qr
    assert Content.objects.get().title == "Al-Fatihah"
    refused = reasons(answer, "am_user")
    assert refused.keys() == {4, 5, 6}
    assert "8 to 15 digits" in refused[4]
    assert "no meaning of '7'" in refused[5]
    assert "none with 'NIX'" in refused[6]
    assert "none with 'NIX'" in reasons(answer, "socketconn")[3]
    assert "port" in reasons(answer, "socketconn")[4]
    assert "cannot be read ('1.5')" in reasons(answer, "trancode")[4]
    assert answer["tables"]["am_user"]["unknown_columns"] == ["shoe_size"]
    assert answer["unknown_tables"] == ["somethingelse"]
    assert {"messagein", "ppob_user"} == answer["skipped"].keys()
    assert answer["rejected_rows"] == len(answer["rejected"]) == 8


def test_secrets_are_never_read(tmp_path):
    answer = run(folder(tmp_path))

    assert answer["tables"]["am_user"]["refused_columns"] == ["password", "pin", "pin_history", "otp"]
    kept = repr(list(Agent.objects.values())) + repr(list(AuditEntry.objects.values()))
    assert "482913" not in kept
    assert "777777" not in kept
    assert "secret" not in kept
    assert "abc-token" not in repr(list(AgentDevice.objects.values()))


def test_balances_are_posted_once_and_backups_are_their_originals(tmp_path):
    answer = run(folder(tmp_path))

    assert total_of(Agent.objects.get(agent_id="081200000001")) == 251_000
    assert total_of(Agent.objects.get(agent_id="081200000002")) == 700
    assert total_of(Biller.objects.get()) == 9_000_000
    assert Transfer.objects.filter(key__startswith="legacy:").count() == 4
    assert "below zero" in reasons(answer, "am_balance")[4]
    assert "none with '089900000000'" in reasons(answer, "am_balance")[5]
    assert answer["tables"]["emoney_backup"]["added"] == 1


@pytest.mark.django_db(transaction=True)
def test_the_ledger_adds_up_afterwards(tmp_path):
    run(folder(tmp_path))
    assert verify_ledger()["violations"] == []


def test_a_second_run_changes_nothing(tmp_path):
    run(folder(tmp_path))
    agent = Agent.objects.get(agent_id="081200000001")
    Agent.objects.filter(pk=agent.pk).update(name="Diperbaiki")
    trail, transfers = AuditEntry.objects.count(), Transfer.objects.count()

    answer = run(tmp_path)

    assert answer["added"] == 0
    assert answer["rejected_rows"] == 8
    assert answer["present"] == answer["read"] - 8
    assert (AuditEntry.objects.count(), Transfer.objects.count()) == (trail, transfers)
    agent.refresh_from_db()
    assert agent.name == "Diperbaiki"


def test_the_same_row_with_another_amount_is_rejected(tmp_path):
    run(folder(tmp_path))
    (tmp_path / "emoney_backup.csv").write_text("id,user_id,saldo\n1,081200000001,5000\n")

    answer = run(tmp_path)

    assert "for something else" in reasons(answer, "emoney_backup")[2]
    assert total_of(Agent.objects.get(agent_id="081200000001")) == 251_000


def test_agents_can_sell_at_once_within_their_limits(tmp_path):
    run(folder(tmp_path))

    assert Limit.objects.get().cap == 500_000
    assert account(Agent.objects.get(agent_id="081200000002")).item_cap == 500_000
    assert account(Agent.objects.get(agent_id="081200000001")).item_cap is None
    assert account(Agent.objects.get(agent_id="081200000001"), AccountKind.AGENT_POINTS).balance == 0


def test_a_zip_is_read_like_a_folder(tmp_path):
    file = tmp_path / "dump.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("export/public.AM_CORP.CSV", '\ufeffcorp_id,corp_name\nC1,"PT Satu\nDua"\nC2,\\N\n')

    answer = run(file)

    assert Corporate.objects.get().name == "PT Satu\nDua"
    assert reasons(answer, "am_corp") == {4: "name: empty"}


def test_an_sql_dump_is_read_in_our_order_wherever_its_sections_stand(tmp_path):
    file = tmp_path / "dump.sql"
    file.write_bytes(
        b"SET client_encoding = 'UTF8';\n"
        b"COPY public.am_user (user_id, nama, corp_id, pin) FROM stdin;\n"
        b"081200000001\tKios \\\\ Satu\\tdan Caf\xc3\xa9\tC1\t123456\n"
        b"081200000002\tKios Dua\t\\N\n"
        b"\\.\n"
        b"CREATE TABLE x ();\n"
        b'COPY public."am_corp" ("corp_id", "corp_name") FROM stdin WITH (FORMAT text);\n'
        b"C1\tPT Satu\n"
        b"\\.\n"
    )

    answer = run(file)

    agent = Agent.objects.get()
    assert (agent.name, agent.corporate.code) == ("Kios \\ Satu\tdan Café", "C1")
    assert reasons(answer, "am_user") == {4: "3 cells for 4 columns"}


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("dump.sql", "SELECT 1;\n", "no section COPY"),
        ("dump.sql", "COPY am_corp FROM stdin;\nC1\tPT\n\\.\n", "does not name its columns"),
        ("dump.sql", "COPY am_corp (corp_id, corp_name) FROM stdin;\nC1\tPT\n", "breaks off"),
        ("am_corp.csv", "kota\nBandung\n", "No column for code"),
    ],
)
def test_what_cannot_be_read_is_told_and_leaves_nothing(tmp_path, name, content, why):
    (tmp_path / name).write_text(content)

    with pytest.raises(CommandError, match=why):
        run(tmp_path / name)

    assert not Corporate.objects.exists()


def test_nothing_at_all_is_told(tmp_path):
    with pytest.raises(CommandError, match="There is no"):
        run(tmp_path / "none")
    with pytest.raises(CommandError, match="holds no CSV files"):
        run(tmp_path)


def test_a_mapping_of_ones_own_names_other_columns(tmp_path):
    (tmp_path / "am_corp.csv").write_text("nomor_pt,sebutan\nC1,PT Satu\n")
    mapping = tmp_path / "own.toml"
    mapping.write_text(
        '[am_corp]\ninto = "corporate"\n[am_corp.columns]\ncode = ["nomor_pt"]\nname = ["sebutan"]\n'
    )

    run(tmp_path, "--map", str(mapping))

    assert Corporate.objects.get().name == "PT Satu"


def test_rows_are_read_in_batches(tmp_path, monkeypatch):
    """A row of the first batch that stands in the second again is one row; one that the database refuses spoils no other."""
    monkeypatch.setattr(importer, "AT_ONCE", 2)
    files = {
        "biller_crm": "biller_code,biller_name\nA,A\nB,B\nA,Again\nC,C\n",
        "trancode": "trancode,nama_produk\nP1,P1\n",
        "trancode_biller": "biller_code,trancode,biller_trancode,priority\nA,P1,X1,1\nB,P1,X2,1\nC,P1,X3,2\n",
    }
    answer = run(folder(tmp_path, files))

    assert Biller.objects.count() == 3
    assert Biller.objects.get(code="A").name == "A"
    assert "biller_product_route_once" in reasons(answer, "trancode_biller")[3]
    assert BillerProduct.objects.count() == 2
