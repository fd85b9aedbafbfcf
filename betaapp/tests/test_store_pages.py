"""The page "Beta-app Store": ticks, whole branches and lists of codes; nothing is saved before it was asked for."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from betaapp.models import BetaProgram, Enrollment, StoreChange, StoreTrial
from betaapp.proposals import packed, unpacked
from betaapp.services import change_stores, end_program
from betaapp.tests.factories import (
    ApplicationFactory,
    BetaProgramFactory,
    VersionFactory,
    manager_of,
    running_program,
    try_version,
)
from core.models import AuditEntry
from organization.choices import Role
from organization.tests.factories import BranchFactory, EmployeeFactory, RoleGrantFactory, StoreFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return BranchFactory(name="DC Bandung")


@pytest.fixture
def stores(branch):
    return StoreFactory.create_batch(3, branch=branch)


@pytest.fixture
def program(stores):
    """It runs, and the first of the stores takes part."""
    return running_program(stores[0])


@pytest.fixture
def url(program):
    return reverse("betaapp:program-stores", args=[program.pk])


@pytest.fixture
def manager(client, program):
    person = manager_of(program)
    client.force_login(person)
    return person


def enrolled(program):
    return set(
        Enrollment.objects.filter(program=program, days__endswith__gt=timezone.localdate()).values_list(
            "store_id", flat=True
        )
    )


def ticks(branch, *stores, revision=1):
    return {"ticks": "1", "revision": revision, "branch": branch.pk, "store": [one.pk for one in stores]}


def answer_of(page, **more):
    """What the page that asks sends on "Ya", or on "Batal"."""
    context = page.context
    sent = {name: context[name] for name in ("add", "remove", "branch")}
    return sent | context["kept"] | {"revision": context["program"].revision} | (more or {"confirmed": "1"})


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def told(response):
    return [str(message) for message in response.context["messages"]]


def test_a_branch_shows_its_stores_with_those_that_take_part_ticked(client, manager, url, branch, stores):
    StoreFactory(branch=branch, closed_on=timezone.localdate())
    elsewhere = StoreFactory()

    page = client.get(url, {"branch": branch.pk})

    assert [(one.code, one.is_ticked) for one in page.context["stores"]] == [
        (stores[0].code, True), (stores[1].code, False), (stores[2].code, False),
    ]  # fmt: skip
    assert elsewhere.code not in text_of(page)


def test_branches_are_listed_and_narrow(client, manager, program, branch):
    StoreFactory(branch=BranchFactory(name="DC Manado", city="Manado"))
    choices = reverse("betaapp:program-stores-branches", args=[program.pk])

    assert "DC Manado" in text_of(client.get(choices))
    narrowed = text_of(client.get(choices, {"q": "bandung"}))
    assert "DC Bandung" in narrowed
    assert reverse("betaapp:program-stores", args=[program.pk]) in narrowed


def test_ticks_are_asked_about_and_saved_on_yes(client, manager, program, url, branch, stores):
    asking = client.post(url, ticks(branch, stores[1], stores[2]))
    assert asking.status_code == 200
    assert enrolled(program) == {stores[0].pk}
    assert asking.context["proposal"].by_branch() == [{"branch": str(branch), "added": 2, "removed": 1}]

    done = client.post(url, answer_of(asking), follow=True)

    assert told(done) == ["Daftar toko berhasil diupdate."]
    assert enrolled(program) == {stores[1].pk, stores[2].pk}
    assert StoreTrial.objects.count() == 2
    change = StoreChange.objects.latest("revision")
    assert (change.made_by, len(change.added), len(change.removed)) == (manager, 2, 1)
    entries = AuditEntry.objects.filter(act__startswith="beta.store_", actor_id=manager.pk)
    assert {entry.object_uuid for entry in entries} == {store.uuid for store in stores}


def test_cancel_changes_nothing_and_keeps_the_ticks(client, manager, program, url, branch, stores):
    asking = client.post(url, ticks(branch, stores[1]))
    back = client.post(url, answer_of(asking, back="1"))

    assert enrolled(program) == {stores[0].pk}
    assert [one.is_ticked for one in back.context["stores"]] == [False, True, False]


def test_saving_without_a_change_says_so_and_writes_nothing(client, manager, program, url, branch, stores):
    before = (StoreChange.objects.count(), AuditEntry.objects.count())

    answer = client.post(url, ticks(branch, stores[0]), follow=True)

    assert told(answer) == ["Belum melakukan perubahan."]
    assert (StoreChange.objects.count(), AuditEntry.objects.count()) == before


def test_one_field_carries_all_ticks(client, manager, program, url, branch, stores):
    sent = ticks(branch) | {"ticked": packed(one.pk for one in stores), "is_packed": "on"}
    asking = client.post(url, sent)
    client.post(url, answer_of(asking))

    assert enrolled(program) == {one.pk for one in stores}


def test_a_store_of_another_branch_is_refused(client, manager, program, url, branch, stores):
    answer = client.post(url, ticks(branch, stores[0], StoreFactory()))

    assert answer.status_code == 422
    assert told(answer)
    assert enrolled(program) == {stores[0].pk}


def test_a_store_beyond_ones_scope_is_refused(client, program, url, branch, stores):
    person = EmployeeFactory()
    RoleGrantFactory(employee=person, role=Role.BETA_MANAGER, division=program.division)
    end_of_scope = StoreFactory()
    client.force_login(person)
    RoleGrantFactory(employee=person, role=Role.BETA_MANAGER, branch=branch)
    answer = client.post(
        url, {"confirmed": "1", "revision": 1, "add": "999999999", "remove": "", "branch": branch.pk}
    )
    assert answer.status_code == 422
    assert end_of_scope.pk not in enrolled(program)


def test_whole_branches_have_three_states(client, manager, program, url, branch, stores):
    other = StoreFactory.create_batch(2)[0].branch
    states = {box.branch.pk: box.state for box in client.get(url).context["boxes"]}
    assert states[branch.pk] == "some"
    assert states[other.pk] == "none"
    boxes = {"boxes": "1", "revision": 1}

    alone = client.post(url, boxes, follow=True)
    assert told(alone) == ["Belum melakukan perubahan."]
    client.post(url, answer_of(client.post(url, boxes | {"whole": f"{branch.pk},{other.pk}"})))
    assert enrolled(program) == {one.pk for one in stores} | {other.stores.get().pk}
    # Full, and no longer ticked: emptied.
    client.post(url, answer_of(client.post(url, boxes | {"revision": 2, "whole_branch": [other.pk]})))
    assert enrolled(program) == {other.stores.get().pk}


def test_batal_keeps_the_branches_that_were_ticked_and_unticked(
    client, manager, program, url, branch, stores
):
    other, third = StoreFactory().branch, StoreFactory().branch
    sent = {"boxes": "1", "revision": 1, "whole": str(other.pk), "empty": f"{branch.pk},{third.pk}"}

    back = client.post(url, answer_of(client.post(url, sent), back="1"))

    ticked = {box.branch.pk: (box.is_wanted, box.is_ticked) for box in back.context["boxes"]}
    assert ticked[other.pk] == (True, True)
    assert ticked[branch.pk] == (False, False)
    assert ticked[third.pk] == (False, False)
    assert f'value="{branch.pk}" data-box="some" data-step="2">' in back.content.decode()
    assert enrolled(program) == {stores[0].pk}


def test_batal_keeps_the_codes_that_were_pasted_and_those_of_the_file(client, manager, program, url, stores):
    file = SimpleUploadedFile("codes.csv", f"kode;nama\n{stores[2].code};x\n".encode(), "text/csv")
    asking = client.post(
        url, {"revision": 1, "codes": f"{stores[1].code} NOSUCH", "how": "exactly", "file": file}
    )

    back = client.post(url, answer_of(asking, back="1"))

    form = back.context["codes_form"]
    assert form["codes"].value().split() == [stores[1].code, "NOSUCH", stores[2].code]
    assert form["how"].value() == "exactly"
    assert not form.errors
    assert enrolled(program) == {stores[0].pk}


def test_a_list_of_codes_reports_unknown_and_closed_ones(client, manager, program, url, branch, stores):
    shut = StoreFactory(branch=branch, closed_on=timezone.localdate())
    pasted = f"{stores[1].code.lower()}, {shut.code};\nNOSUCH {stores[0].code}"

    asking = client.post(url, {"revision": 1, "codes": pasted, "how": "add"})
    proposal = asking.context["proposal"]
    assert (proposal.added, proposal.removed) == ({stores[1].pk}, set())
    assert (proposal.unknown, proposal.closed) == (["NOSUCH"], [shut.code])
    client.post(url, answer_of(asking))
    assert enrolled(program) == {stores[0].pk, stores[1].pk}

    out = client.post(url, {"revision": 2, "codes": stores[0].code, "how": "remove"})
    assert out.context["proposal"].removed == {stores[0].pk}
    exactly = client.post(url, {"revision": 2, "codes": stores[2].code, "how": "exactly"})
    assert exactly.context["proposal"].removed == {stores[0].pk, stores[1].pk}


@pytest.mark.parametrize(
    "content", ["Kode;Nama\n{0};Satu\n{1};Dua\n", "{0}\n{1}\n", "\ufeffcode,x\n{0},a\n{1},b"]
)
def test_a_file_of_codes_is_read_by_its_first_column(client, manager, url, stores, content):
    text = content.format(stores[1].code, stores[2].code)
    file = SimpleUploadedFile("toko.csv", text.encode())

    asking = client.post(url, {"revision": 1, "codes": "", "file": file, "how": "add"})

    assert asking.context["proposal"].added == {stores[1].pk, stores[2].pk}
    assert asking.context["proposal"].unknown == []


@pytest.mark.parametrize("content", [b"PK\x03\x04 zip", b"\xff\xfe\x00T", b"a\x00b", b"<html>"])
def test_a_file_that_is_no_text_is_refused_beside_its_field(client, manager, url, content):
    file = SimpleUploadedFile("toko.csv", content)
    answer = client.post(url, {"revision": 1, "file": file, "how": "add"})

    assert answer.status_code == 422
    assert "file" in answer.context["codes_form"].errors


def test_an_empty_list_is_said_beside_its_field(client, manager, url):
    answer = client.post(url, {"revision": 1, "codes": " , ", "how": "add"})
    assert answer.status_code == 422
    assert "codes" in answer.context["codes_form"].errors


def test_what_another_programme_tries_is_shown_and_left_out(client, manager, program, url, branch, stores):
    version = VersionFactory(application=program.applications.get().application)
    other = running_program(stores[1], version=version, name="Kasir 3")

    page = client.get(url, {"branch": branch.pk})
    asking = client.post(url, ticks(branch, *stores))

    assert [one.conflict for one in page.context["stores"]] == ["", "Kasir 3", ""]
    assert asking.context["proposal"].conflicts == {stores[1].code: other.name}
    client.post(url, answer_of(asking))
    assert enrolled(program) == {stores[0].pk, stores[2].pk}


def test_a_stale_save_is_refused_with_the_difference_and_keeps_what_the_other_did(
    client, manager, program, url, branch, stores
):
    asking = client.post(url, ticks(branch, stores[0], stores[1]))
    colleague = EmployeeFactory(name="Rina Kolega")
    change_stores(program=program, add=[stores[2].pk], remove=[stores[0].pk], revision=1, actor=None)
    StoreChange.objects.filter(revision=2).update(made_by=colleague)

    refused = client.post(url, answer_of(asking))

    assert refused.status_code == 409
    assert enrolled(program) == {stores[2].pk}
    assert "Rina Kolega" in text_of(refused)
    assert refused.context["proposal"].added == {stores[1].pk}
    client.post(url, answer_of(refused))
    assert enrolled(program) == {stores[1].pk, stores[2].pk}


def test_a_stale_page_of_ticks_asks_for_its_own_ticks_alone(client, manager, program, url, branch, stores):
    change_stores(program=program, add=[stores[2].pk], remove=(), revision=1, actor=None)

    asking = client.post(url, ticks(branch, stores[0], stores[1], revision=1))

    assert asking.status_code == 409
    proposal = asking.context["proposal"]
    assert (proposal.added, proposal.removed) == ({stores[1].pk}, set())


def test_an_ended_programme_takes_no_stores(client, manager, program, url, branch, stores):
    asking = client.post(url, ticks(branch, *stores))
    end_program(program=program, actor=None)

    answer = client.post(url, answer_of(asking))

    assert answer.status_code == 422
    assert told(answer)
    assert enrolled(program) == set()


@pytest.mark.parametrize("nonsense", ["x", "1-", "5-1", "1,,2", "-3", "1-99999999999", "\u0663", "1" * 20])
def test_a_list_that_no_page_sends_is_said_to_be_unreadable(
    client, manager, program, url, branch, stores, nonsense
):
    answer = client.post(url, {"confirmed": "1", "revision": 1, "add": nonsense, "remove": ""})
    assert answer.status_code == 422
    assert enrolled(program) == {stores[0].pk}


def test_keys_survive_being_packed():
    keys = {1, 2, 3, 7, 9, 10, 400_000}
    assert packed(keys) == "1-3,7,9-10,400000"
    assert unpacked(packed(keys)) == keys
    assert unpacked("") == set()


@pytest.mark.parametrize("count", [2, 20])
def test_pages_need_few_queries_whatever_they_show(
    client, program, url, branch, count, django_assert_max_num_queries
):
    client.force_login(EmployeeFactory(roles=[Role.BETA_MANAGER]))
    StoreFactory.create_batch(count, branch=branch)
    for _ in range(count):
        StoreFactory()
        try_version(program, VersionFactory())
    client.get(url)
    for address in (url, f"{url}?branch={branch.pk}", f"{url}branches/"):
        with django_assert_max_num_queries(8):
            assert client.get(address).status_code == 200


def test_a_draft_is_filled_as_well(client):
    program = BetaProgramFactory()
    try_version(program, VersionFactory(application=ApplicationFactory()))
    store = StoreFactory()
    client.force_login(manager_of(program))
    url = reverse("betaapp:program-stores", args=[program.pk])
    asking = client.post(url, ticks(store.branch, store, revision=0))
    client.post(url, answer_of(asking))

    assert Enrollment.objects.get().days.upper > program.last_on
    assert not StoreTrial.objects.exists()


def test_keys_beyond_a_thousand_are_sent_as_they_are(client, manager, program, branch):
    """People read 1.234.567; a form does not."""
    store = StoreFactory(pk=1_234_567, branch=branch)
    BetaProgram.objects.filter(pk=program.pk).update(revision=4_321)

    address = reverse("betaapp:program-stores", args=[program.pk])
    page = text_of(client.get(address, {"branch": branch.pk}))
    asking = client.post(address, ticks(branch, store, revision=4_321))

    assert f'name="store" value="{store.pk}"' in page
    assert page.count('name="revision" value="4321"') == 3
    assert 'name="revision" value="4321"' in text_of(asking)
