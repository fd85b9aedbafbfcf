"""The inbox, the bell and the preferences, as a browser asks for them."""

from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from notifications.kinds import Group, declare, groups_for
from notifications.models import Notification, Preference
from notifications.selectors import mail_preferences_of
from notifications.services import notify, remove_old
from notifications.tests.factories import NotificationFactory
from organization.choices import Role
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db
INBOX = "/notifications/"
CEILING = 8


@pytest.fixture
def person(client):
    person = EmployeeFactory(language="en", email="budi@example.com")
    client.force_login(person)
    return person


def page_of(response):
    return unescape(response.content.decode())


def bell_of(client):
    return page_of(client.get(reverse("notifications:preferences"))).split("data-unread>")[1].split("<")[0]


@pytest.mark.parametrize("count", [2, 20])
def test_the_inbox_costs_at_most_eight_queries(client, person, django_assert_max_num_queries, count):
    NotificationFactory.create_batch(count, person=person)
    client.get(INBOX)

    with django_assert_max_num_queries(CEILING):
        assert page_of(client.get(INBOX)).count('class="row-link"') == count


@pytest.mark.parametrize("count", [0, 3, 120])
def test_the_bell_costs_one_query_whatever_it_counts(client, person, count):
    path = reverse("notifications:preferences")
    Notification.objects.bulk_create(NotificationFactory.build_batch(count, person=person))
    client.get(path)
    cache.clear()

    with CaptureQueriesContext(connection) as queries:
        client.get(path)
        client.get(path)

    assert sum('FROM "notifications_notification"' in query["sql"] for query in queries) == 1
    assert bell_of(client) == {0: "0", 3: "3", 120: "99+"}[count]


@pytest.mark.django_db(transaction=True)
def test_the_bell_counts_along(client, person):
    told = [
        notify([person.pk], kind="test.news", title="News.", key=key) and bell_of(client) for key in "abc"
    ]
    client.get(reverse("notifications:open", args=[Notification.objects.first().pk]))

    assert [*told, bell_of(client)] == ["1", "2", "3", "2"]


def test_an_inbox_is_its_persons_alone(client, person):
    theirs = NotificationFactory(title="Not for you.", url="/")

    assert "Not for you." not in page_of(client.get(INBOX))
    assert "Not for you." not in page_of(client.get(reverse("notifications:latest")))
    assert client.get(reverse("notifications:open", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("notifications:mark-read", args=[theirs.pk])).status_code == 404
    assert client.get(reverse("notifications:news"), {"id": theirs.pk}).json() == {"unread": 0, "note": None}
    client.post(reverse("notifications:mark-all-read"))
    theirs.refresh_from_db()
    assert not theirs.is_read


@pytest.mark.parametrize(
    ("method", "name", "args"),
    [
        ("get", "inbox", []),
        ("get", "latest", []),
        ("get", "news", []),
        ("get", "preferences", []),
        ("get", "open", [1]),
        ("post", "mark-read", [1]),
        ("post", "mark-all-read", []),
    ],
)
def test_strangers_are_sent_to_the_login(client, method, name, args):
    response = getattr(client, method)(reverse(f"notifications:{name}", args=args))

    assert response.status_code == 302
    assert response.url.startswith("/login/")


def test_opening_marks_as_read_and_leads_on(client, person):
    note = NotificationFactory(person=person, url="/directory/stores/?state=open")

    response = client.get(reverse("notifications:open", args=[note.pk]))

    assert response.url == "/directory/stores/?state=open"
    note.refresh_from_db()
    assert note.is_read


@pytest.mark.parametrize("url", ["", "https://evil.example/", "//evil.example", "/\\evil.example"])
def test_opening_leads_nowhere_else_whatever_the_row_says(client, person, url):
    note = NotificationFactory(person=person, url=url)

    assert client.get(reverse("notifications:open", args=[note.pk])).url == INBOX


def test_a_browser_that_fetches_ahead_has_read_nothing(client, person):
    note = NotificationFactory(person=person)
    client.get(reverse("notifications:open", args=[note.pk]), headers={"Sec-Purpose": "prefetch;prerender"})

    note.refresh_from_db()
    assert not note.is_read


def test_marking_one_without_scripts_leads_back_to_the_list_as_it_was(client, person):
    note = NotificationFactory(person=person)
    mark = reverse("notifications:mark-read", args=[note.pk])

    assert client.get(mark).status_code == 405
    assert client.post(mark, {"next": f"{INBOX}?state=unread"}).url == f"{INBOX}?state=unread"
    assert client.post(mark, {"next": "https://evil.example/"}).url == INBOX
    note.refresh_from_db()
    assert note.is_read


def test_marking_one_with_scripts_gives_its_row_and_the_count(client, person):
    note, _other = NotificationFactory.create_batch(2, person=person)

    response = client.post(reverse("notifications:mark-read", args=[note.pk]), headers={"HX-Request": "true"})

    assert page_of(response).strip().startswith(f'<tr id="note-{note.pk}"')
    assert "is-unread" not in page_of(response)
    assert response.headers["HX-Trigger"] == '{"gerai:unread": {"unread": 1}}'


def test_marking_all_spares_what_came_after_the_page(client, person):
    NotificationFactory.create_batch(3, person=person)
    seen_at = timezone.now().isoformat()
    later = NotificationFactory(person=person)

    client.post(reverse("notifications:mark-all-read"), {"through": seen_at})
    assert list(Notification.objects.filter(read_at=None)) == [later]

    client.post(reverse("notifications:mark-all-read"), {"through": "nonsense"})
    assert not Notification.objects.filter(read_at=None).exists()


def test_filters_show_what_is_unread_and_what_it_is_about(client, person):
    NotificationFactory(person=person, title="Read one.", read_at=timezone.now())
    NotificationFactory(person=person, title="Unread one.")
    NotificationFactory(person=person, title="Quiet one.", kind="test.quiet")

    unread = page_of(client.get(INBOX, {"state": "unread"}))
    quiet = page_of(client.get(INBOX, {"group": "test_quiet"}))

    assert "Unread one." in unread
    assert "Read one." not in unread
    assert "Quiet one." in quiet
    assert "Unread one." not in quiet


@pytest.mark.parametrize("query", [{"state": "\x00"}, {"group": "x"}, {"c": "x"}, {"sort": "title"}])
def test_no_address_breaks_the_inbox(client, person, query):
    assert client.get(INBOX, query).status_code == 200
    assert client.get(reverse("notifications:news"), {"id": "9" * 40}).status_code == 200
    assert client.get(f"/notifications/{'9' * 40}/open/").status_code == 404


def test_a_row_of_a_kind_that_nobody_declares_any_more_is_shown_all_the_same(client, person):
    NotificationFactory(person=person, kind="gone.kind", title="<b>Old</b> news")

    assert "&lt;b&gt;Old&lt;/b&gt; news" in client.get(INBOX).content.decode()


def test_the_bell_unfolds_the_latest_five(client, person, django_assert_max_num_queries):
    for number in range(7):
        NotificationFactory(person=person, title=f"News {number}.")

    with django_assert_max_num_queries(4):
        page = page_of(client.get(reverse("notifications:latest")))

    assert [f"News {number}." in page for number in range(7)] == [False, False, *[True] * 5]


def test_news_says_the_sentence_in_the_pages_language(client, person):
    note = NotificationFactory(person=person, title="Nothing matches")
    client.cookies["django_language"] = "id"

    news = client.get(reverse("notifications:news"), {"id": note.pk}).json()

    assert news["unread"] == 1
    assert news["note"]["tone"] == "info"
    assert news["note"]["text"] != "Nothing matches"


def test_preferences_are_kept_and_no_change_says_so(client, person):
    path = reverse("notifications:preferences")
    shown = [group.name for group in groups_for(person)]
    wanted = {name: "on" for name in shown if mail_preferences_of(person)[name]}

    assert "Nothing was changed" in page_of(client.post(path, wanted, follow=True))
    assert not Preference.objects.exists()

    wanted.pop("test")
    wanted["test_quiet"] = "on"
    assert "Your choice is saved" in page_of(client.post(path, wanted, follow=True))
    assert mail_preferences_of(person)["test"] is False
    assert mail_preferences_of(person)["test_quiet"] is True
    assert Preference.objects.filter(person=person).count() == 2


def test_people_are_asked_only_about_what_may_concern_them(client, person):
    declare(Group(name="others", label="For others", permission="organization.change_rolegrant"))
    for path in (INBOX, reverse("notifications:preferences")):
        assert "For others" not in page_of(client.get(path))

    client.force_login(EmployeeFactory(roles=[Role.ADMINISTRATOR], language="en"))
    for path in (INBOX, reverse("notifications:preferences")):
        assert "For others" in page_of(client.get(path))


def test_the_preferences_say_what_comes_through_anyway(client, person):
    assert "Always mailed:" in page_of(client.get(reverse("notifications:preferences")))


def test_what_was_read_a_season_ago_is_removed(monkeypatch, person):
    monkeypatch.setattr("notifications.services.REMOVED_AT_ONCE", 2)
    old = timezone.now() - timedelta(days=91)
    NotificationFactory.create_batch(5, person=person, created_at=old, read_at=old)
    kept = [
        NotificationFactory(person=person, created_at=old),
        NotificationFactory(person=person, created_at=old, read_at=timezone.now()),
    ]

    assert remove_old() == 5
    assert set(Notification.objects.all()) == set(kept)
