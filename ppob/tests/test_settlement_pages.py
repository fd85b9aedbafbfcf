"""A file brought by hand, a day compared again, a file's rejected lines, and the profile that shows the first lines while
somebody types it."""

import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry, Job
from core.outbox import drain
from organization.choices import Role
from ppob.models import BillerDay, ReconciliationRun, SettlementFile, SettlementProfile
from ppob.reconciliation.intake import receive_file
from ppob.services import prepare_day, sign_day
from ppob.simulation.forms import PROFILES
from ppob.tests.balance_world import client_of, person
from ppob.tests.ledger_factories import make_biller
from ppob.tests.reconciliation_world import YESTERDAY, compared_day, market, simulated

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
HEAD = "trx_date,trx_time,reference,customer_id,product_code,sheets,amount,commission,net,status,response_code,stan,serial\n"
LINE = "{day},08:00:00,{noref},0812,P1,1,{amount},0,50000,{status},00,1,X\n"


@pytest.fixture(autouse=True)
def _own_place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def client():
    return client_of(person(Role.ACCOUNTANT))


@pytest.fixture
def administrator():
    return client_of(person(Role.PPOB_ADMINISTRATOR))


def biller_with_profile(**fields):
    biller = make_biller(**fields)
    SettlementProfile.objects.create(biller=biller, **PROFILES["FINNET"])
    return biller


def content(*lines: str) -> bytes:
    return (HEAD + "".join(lines)).encode()


def line(noref="1", amount="50000", status="SUCCESS", day=YESTERDAY) -> str:
    return LINE.format(day=day, noref=noref, amount=amount, status=status)


def address(name, biller, day=YESTERDAY):
    return reverse(f"ppob:reconciliation-{name}", args=[biller.pk, day])


def bring(client, biller, data: bytes, name="finnet.csv", **more):
    return client.post(address("upload", biller), {"file": SimpleUploadedFile(name, data), **more})


def test_a_file_is_read_by_a_worker_which_leads_back_to_the_day(client, tmp_path):
    biller = market("FINNET")["FINNET"]
    file, key = simulated("FINNET", tmp_path, transactions=40, share=0.3)
    answer = bring(client, biller, file.read_bytes(), file.name)
    job = Job.objects.get()
    assert answer["Location"] == reverse("jobs:detail", args=[job.pk])
    assert not SettlementFile.objects.exists()
    drain("jobs")
    job.refresh_from_db()
    assert job.state == "done", job.error
    assert SettlementFile.objects.get().received_by_id == job.requested_by_id
    assert {kind: n for kind, n in ReconciliationRun.objects.get().breaks.items() if n} == {
        kind: n for kind, n in key["counts"].items() if n and kind != "matched"
    }
    page = client.get(answer["Location"]).content.decode()
    assert address("day", biller) in page
    assert f"{ReconciliationRun.objects.get().matched} matched" in page

    client.post(address("run", biller))
    drain("jobs")
    assert ReconciliationRun.objects.count() == 2
    assert len(set(ReconciliationRun.objects.values_list("digest", flat=True))) == 1
    # The same content again is recognised.
    bring(client, biller, file.read_bytes(), "lain.csv")
    drain("jobs")
    assert SettlementFile.objects.count() == 1


def test_a_second_file_replaces_the_first_or_stands_beside_it(client):
    biller = biller_with_profile()
    for name, mode in (("a", "replaces"), ("b", "adds"), ("c", "replaces")):
        bring(client, biller, content(line(noref=name)), f"{name}.csv", mode=mode)
        drain("jobs")
        left = {"a": ["a.csv"], "b": ["a.csv", "b.csv"], "c": ["c.csv"]}[name]
        counting = SettlementFile.objects.filter(is_replaced=False).order_by("name")
        assert [one.name for one in counting] == left


def packed(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name in names:
            package.writestr(name, content(line()))
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("", None, "Choose a file"), ("a.csv", b"", "empty"), ("a.exe", b"MZ", "kinds are taken"), ("a.xls", b"x", ".xls"),
        ("a.csv", b"PK\x03\x04zip", "something else"), ("a.csv", b"<html>", "something else"), ("a.txt", b"a\0b", "NUL"),
        ("a.xlsx", b"x" * 50, "something else"), ("a.zip", b"x" * 50, "something else"),
        ("a.zip", packed("a.csv", "b.csv"), "holds 2 files"), ("a.zip", packed("../a.csv"), "outside"),
        ("a.zip", packed()[:-4] + b"zzzz", "something else"), ("a.csv", b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE", "something else"),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused_beside_the_field(client, name, data, why):
    biller = biller_with_profile()
    answer = client.post(address("upload", biller)) if data is None else bring(client, biller, data, name)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not Job.objects.exists()


def test_a_file_that_cannot_be_read_fails_its_job_with_the_line(client):
    biller = biller_with_profile()
    bring(client, biller, b"a,b\n1,2\n")
    drain("jobs")
    job = Job.objects.get()
    assert job.state == "failed"
    assert "Line 1" in job.error
    assert not SettlementFile.objects.exists()


def test_a_file_of_a_day_that_is_not_over_is_kept_and_compared_later(client):
    biller = biller_with_profile()
    today = timezone.localdate()
    client.post(
        address("upload", biller, today), {"file": SimpleUploadedFile("a.csv", content(line(day=today)))}
    )
    drain("jobs")
    job = Job.objects.get()
    assert (job.state, SettlementFile.objects.count()) == ("done", 1)
    assert "not over yet" in job.note


def test_a_signed_day_takes_no_file_and_no_run(client):
    (one,) = compared_day(1, state="closed")
    prepare_day(biller=one.biller, day=YESTERDAY, actor=person(Role.ACCOUNTANT))
    sign_day(biller=one.biller, day=YESTERDAY, actor=person(Role.ACCOUNTANT))
    answer = bring(client, one.biller, content(line()))
    assert answer.status_code == 422
    assert "signed" in answer.content.decode()
    client.post(address("run", one.biller))
    assert not Job.objects.exists()
    page = client.get(address("day", one.biller)).content.decode()
    assert address("upload", one.biller) not in page
    assert BillerDay.objects.get().signed_at


def test_a_files_rejected_lines_are_listed_page_by_page(client, administrator):
    biller = biller_with_profile()
    lines = [line(noref=str(n), amount="5O000" if n % 2 else "50000") for n in range(250)]
    file = receive_file(
        biller=biller, day=YESTERDAY, stream=io.BytesIO(content(*lines)), name="buruk.csv", source="upload"
    ).file
    where = reverse("ppob:settlement-file", args=[file.pk])
    page = client.get(where)
    assert len(page.context["rejected"]) == 100
    assert page.context["rejected"][0].number == 3
    assert "“5O000” is no amount" in page.content.decode()
    second = client.get(f"{where}?after={page.context['next_after']}")
    assert len(second.context["rejected"]) == 25
    assert client.get(f"{where}?after=x").status_code == 200
    assert client.get(reverse("ppob:settlement-file", args=[10**9])).status_code == 404


def as_typed(form) -> dict:
    """What the form's page would send."""
    sent = {}
    for field in form:
        value = field.value()
        if field.name in ("success_words", "failure_words", "holidays"):
            value = ",".join(map(str, value)) if isinstance(value, list) else value
        if value is not None and value is not False:
            sent[field.name] = value
    return sent


def profile_url(biller, name="settlement-profile"):
    return reverse(f"ppob:{name}", args=[biller.pk])


@pytest.mark.parametrize("code", PROFILES)
def test_a_profile_that_is_saved_as_it_stands_stays_as_it_is(administrator, code):
    biller = make_biller()
    SettlementProfile.objects.create(biller=biller, **PROFILES[code])
    before = SettlementProfile.objects.values().get()
    sent = as_typed(administrator.get(profile_url(biller)).context["form"])
    answer = administrator.post(profile_url(biller), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    assert SettlementProfile.objects.values().get() == before


def test_a_new_biller_is_a_profile_and_no_code(administrator):
    biller = make_biller()
    sent = {
        "form": "fixed", "encoding": "latin-1", "header_lines": "0", "at_date": "1-8", "at_time": "9-14", "at_noref": "15-26",
        "at_amount": "27-38", "at_status": "39-40", "date_form": "%Y%m%d", "time_form": "%H%M%S", "number_form": "padded",
        "amount_means": "gross", "line_rule": "one", "success_words": "00, 01", "cut_off_margin": "30", "runs_at": "06:00",
        "due_at": "10:00", "is_active": "on", "trailer_starts": "T", "trailer_count": "2-7", "closed_weekdays": ["5", "6"],
        "holidays": "2026-12-25",
    }  # fmt: skip
    answer = administrator.post(profile_url(biller), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    made = SettlementProfile.objects.get()
    assert made.columns == {
        "date": [0, 8],
        "time": [8, 6],
        "noref": [14, 12],
        "amount": [26, 12],
        "status": [38, 2],
    }
    assert made.trailer == {"starts": "T", "count": [1, 6]}
    assert (made.success_words, made.closed_weekdays) == (["00", "01"], [5, 6])
    assert AuditEntry.objects.filter(act="settlement.profile_saved").count() == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"at_amount": "0"}, "at_amount"), ({"at_amount": "65"}, "at_amount"), ({"at_noref": ""}, "at_noref"),
        ({"form": "zip"}, "inner_form"), ({"form": "zip", "inner_form": "zip"}, "inner_form"), ({"form": "fixed"}, "at_date"),
        ({"date_form": "%Y"}, "date_form"), ({"date_form": "%"}, "date_form"), ({"time_form": "\x00"}, "time_form"),
        ({"at_time": ""}, "at_time"), ({"success_words": ""}, "success_words"), ({"failure_words": "SUCCESS"}, "failure_words"),
        ({"trailer_count": "2"}, "trailer_starts"), ({"trailer_starts": "T", "trailer_count": "n"}, "trailer_starts"),
        ({"header_lines": "-1"}, "header_lines"), ({"header_lines": "0"}, "header_lines"), ({"runs_at": "25:00"}, "runs_at"),
        ({"holidays": "soon"}, "holidays"), ({"cut_off_margin": "999"}, "cut_off_margin"), ({"encoding": "utf-7"}, "encoding"),
        ({"delimiter": "xx"}, "delimiter"), ({"closed_weekdays": ["9"]}, "closed_weekdays"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_beside_its_field_and_changes_nothing(administrator, typed, field):
    biller = biller_with_profile()
    before = SettlementProfile.objects.values().get()
    sent = as_typed(administrator.get(profile_url(biller)).context["form"])
    answer = administrator.post(profile_url(biller), sent | typed)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors, answer.context["form"].errors
    assert SettlementProfile.objects.values().get() == before
    assert client_preview(administrator, biller, sent | typed).status_code == 200


def client_preview(client, biller, sent, sample=None):
    return client.post(
        profile_url(biller, "settlement-profile-preview"), sent | ({"sample": sample} if sample else {})
    )


def test_the_first_lines_are_shown_as_the_form_stands_and_nothing_is_kept(administrator, tmp_path):
    biller = biller_with_profile()
    sent = as_typed(administrator.get(profile_url(biller)).context["form"])
    lines = [line(noref=f"{n:012}") for n in range(30)]
    sample = lambda: SimpleUploadedFile("contoh.csv", content(*lines))  # noqa: E731

    page = client_preview(administrator, biller, sent, sample())
    shown = page.context["preview"]
    assert (len(shown.lines), shown.bad) == (20, 0)
    assert "000000000007" in page.content.decode()
    other = client_preview(administrator, biller, sent | {"success_words": "OK"}, sample()).context["preview"]
    assert other.bad == 20
    wrong = client_preview(administrator, biller, sent | {"at_noref": "rujukan"}, sample())
    assert "rujukan" in wrong.context["preview"].refusal
    assert not SettlementFile.objects.exists()
    assert not (tmp_path / "media").exists()
    assert SettlementProfile.objects.get().success_words == ["SUCCESS"]

    assert client_preview(administrator, biller, sent).context["preview"] is None
    receive_file(
        biller=biller, day=YESTERDAY, stream=io.BytesIO(content(*lines)), name="datang.csv", source="upload"
    )
    newest = client_preview(administrator, biller, sent).context["preview"]
    assert (newest.name, len(newest.lines)) == ("datang.csv", 20)


@pytest.mark.parametrize(
    "junk", [b"", b"\x00" * 50, b"PK\x03\x04" + b"x" * 99, b"\xff\xfea\x00", b"," * 9999]
)
@pytest.mark.parametrize("form", ["csv", "xlsx", "fixed", "zip"])
def test_a_sample_that_is_nothing_of_the_kind_is_said_so(administrator, junk, form):
    biller = make_biller()
    sent = {
        "form": form, "inner_form": "csv" if form == "zip" else "", "encoding": "utf-8", "delimiter": ",", "header_lines": "0",
        "date_form": "%Y-%m-%d %H:%M", "time_form": "", "number_form": "plain", "amount_means": "gross", "line_rule": "one",
        "success_words": "OK", "cut_off_margin": "30", "runs_at": "06:00", "due_at": "10:00",
        **dict(zip(("at_date", "at_noref", "at_amount", "at_status"), ("1-4", "5-6", "7-8", "9-9") if form == "fixed" else "1234", strict=True)),
    }  # fmt: skip
    page = client_preview(administrator, biller, sent, SimpleUploadedFile("a.bin", junk) if junk else None)
    assert page.status_code == 200
    assert not page.context["form"].errors


def test_a_workbook_is_previewed_too(administrator):
    biller = make_biller()
    SettlementProfile.objects.create(biller=biller, **PROFILES["MULTIPLS"])
    sent = as_typed(administrator.get(profile_url(biller)).context["form"])
    book = openpyxl.Workbook()
    book.active.append(["Waktu", "No Ref"])
    target = io.BytesIO()
    book.save(target)
    page = client_preview(administrator, biller, sent, SimpleUploadedFile("a.xlsx", target.getvalue()))
    assert "there is no column" in page.context["preview"].refusal


@pytest.mark.parametrize(
    ("role", "sees", "may"),
    [
        (Role.PPOB_ADMINISTRATOR, 200, 200), (Role.ACCOUNTANT, 200, 403), (Role.PPOB_STAFF, 200, 403),
        (Role.AUDITOR, 200, 403), (Role.MANAGER, 403, 403),
    ],
)  # fmt: skip
def test_who_says_how_files_are_read(role, sees, may):
    biller, client = biller_with_profile(), client_of(person(role))
    assert client.get(reverse("ppob:settlement-profile-list")).status_code == sees
    assert client.get(profile_url(biller)).status_code == may
    assert client.post(profile_url(biller, "settlement-profile-preview")).status_code == may


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_of_profiles_costs_at_most_eight_queries(
    administrator, django_assert_max_num_queries, count
):
    for _n in range(count):
        biller_with_profile(cut_off_minute=720)
    where = reverse("ppob:settlement-profile-list")
    administrator.get(where)
    with django_assert_max_num_queries(8):
        page = administrator.get(where)
    assert page.content.decode().count("12.00 WIB") == count


def test_the_form_says_when_the_billers_day_ends(administrator):
    page = administrator.get(profile_url(biller_with_profile(cut_off_minute=720))).content.decode()
    assert "Its day ends at 12.00 WIB" in page
