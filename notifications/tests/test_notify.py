"""Telling people: once by key, with the caller's transaction, in each reader's language, by e-mail as they want it."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy

from core.models import OutboxMessage
from notifications.kinds import UnknownKind
from notifications.models import Notification
from notifications.services import MAIL, notify, set_mail_preferences
from organization.choices import EmployeeStatus
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db


def tell(*people, kind="test.news", title="Something happened.", key="k", **more):
    return notify([person.pk for person in people], kind=kind, title=title, key=key, **more)


def mailed():
    told = OutboxMessage.objects.filter(kind=MAIL).values_list("payload", flat=True)
    ids = [payload["notification"] for payload in told]
    return set(Notification.objects.filter(pk__in=ids).values_list("person", flat=True))


def test_each_person_is_told_once_by_key():
    budi, siti = EmployeeFactory.create_batch(2)

    assert tell(budi) == 1
    assert tell(budi, siti) == 1
    assert tell(budi, key="another") == 1
    assert Notification.objects.filter(person=budi).count() == 2


@pytest.mark.django_db(transaction=True)
def test_eight_who_tell_the_same_people_at_once_tell_them_once():
    people = EmployeeFactory.create_batch(6)
    ids = [person.pk for person in people]
    start, told, errors = threading.Barrier(8), [], []

    def run(number):
        try:
            start.wait(10)
            # In different orders, as two lists of PICs may come.
            told.append(
                notify(ids[number % 6 :] + ids[: number % 6], kind="test.news", title="Once.", key="same")
            )
        except Exception as error:  # noqa: BLE001  the test fails with it below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert not errors
    assert sum(told) == 6
    assert Notification.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_a_rollback_takes_row_mail_and_news_with_it(monkeypatch):
    published = []
    monkeypatch.setattr("core.live.publish_many", published.extend)
    person = EmployeeFactory(email="budi@example.com")

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(person)
        raise ZeroDivisionError

    assert not Notification.objects.exists()
    assert not OutboxMessage.objects.filter(kind=MAIL).exists()
    assert published == []

    tell(person)
    assert [topic for topic, _data in published] == [f"notifications.person.{person.pk}"]


def test_who_left_is_told_nothing_and_who_is_frozen_finds_it_later():
    frozen = EmployeeFactory(status=EmployeeStatus.FROZEN, email="frozen@example.com")
    gone = EmployeeFactory(status=EmployeeStatus.RESIGNED, email="gone@example.com")

    assert tell(frozen, gone) == 1
    assert not mailed()


def test_the_sentence_is_in_the_language_of_its_reader():
    person = EmployeeFactory()
    tell(person, title=gettext_lazy("Nothing matches"), params={"what": "x"})
    note = Notification.objects.get()

    assert note.title == "Nothing matches"
    with translation.override("en"):
        assert note.text == "Nothing matches"
    with translation.override("id"):
        assert note.text == translation.gettext("Nothing matches") != "Nothing matches"


def test_parameters_too_are_put_into_words_when_read():
    with translation.override("id"):
        tell(
            EmployeeFactory(),
            title="%(role)s until %(day)s, %(n)s %(gone)s",
            params={"role": gettext_lazy("Employees"), "day": date(2026, 8, 29), "n": 3, "gone": "100%"},
        )
    note = Notification.objects.get()

    with translation.override("id"):
        assert note.text == f"{translation.gettext('Employees')} until 29 Agu 2026, 3 100%"
    with translation.override("en"):
        assert note.text == "Employees until 29 Aug 2026, 3 100%"


def test_what_was_said_in_each_language_is_read_in_the_reader_s():
    tell(
        EmployeeFactory(),
        title="%(file)s: %(why)s",
        params={"file": "a.csv", "why": {"id": "kosong", "en": "empty"}},
    )
    note = Notification.objects.get()

    with translation.override("id"):
        assert note.text == "a.csv: kosong"
    with translation.override("en"):
        assert note.text == "a.csv: empty"


@pytest.mark.parametrize(
    ("title", "params"), [("100 % of %(what)s", {}), ("%(missing)s", {"other": 1}), ("50%", {})]
)
def test_words_that_do_not_fit_are_shown_as_they_are(title, params):
    tell(EmployeeFactory(), title=title, params=params)

    assert Notification.objects.get().text == title


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1", "x"]
)
def test_only_addresses_of_the_portal_are_kept(url):
    with pytest.raises(ValueError, match="address"):
        tell(EmployeeFactory(), url=url)


def test_a_misspelt_kind_is_refused():
    with pytest.raises(UnknownKind):
        tell(EmployeeFactory(), kind="test.nwes")


def test_what_cannot_be_kept_is_refused():
    with pytest.raises(TypeError):
        tell(EmployeeFactory(), title="%(x)s", params={"x": object()})


def test_mail_follows_what_people_want_and_red_comes_through():
    wants = EmployeeFactory(email="wants@example.com")
    not_wants = EmployeeFactory(email="not@example.com")
    without = EmployeeFactory(email="")
    set_mail_preferences(actor=wants, by_mail={"test_quiet": True})
    set_mail_preferences(actor=not_wants, by_mail={"test": False})

    def people_mailed(kind):
        OutboxMessage.objects.filter(kind=MAIL).delete()
        tell(wants, not_wants, without, kind=kind, key=kind)
        return mailed()

    assert people_mailed("test.news") == {wants.pk}
    assert people_mailed("test.quiet") == {wants.pk}
    assert people_mailed("test.red") == {wants.pk, not_wants.pk}
    assert people_mailed("test.silent") == set()


def test_a_portal_without_mail_asks_for_none(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    tell(EmployeeFactory(email="budi@example.com"), kind="test.red")

    assert not mailed()


def test_telling_thirty_costs_as_much_as_telling_two(django_assert_max_num_queries):
    few, many = EmployeeFactory.create_batch(2), EmployeeFactory.create_batch(30)
    with django_assert_max_num_queries(5):
        tell(*few)
    with django_assert_max_num_queries(5):
        tell(*many, key="other")
