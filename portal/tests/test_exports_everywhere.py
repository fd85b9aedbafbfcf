"""Every list of the portal can be taken home, one's own jobs and news as well."""

import pytest
from django.urls import URLResolver, get_resolver, resolve

from core.exports import ExportableListView
from core.lists import KeysetListView
from core.models import AuditEntry, Job
from core.tests.test_exports_lists import INBOX, JOBS, LISTS, export, lines_of
from notifications.models import Notification
from organization.choices import Role
from organization.tests.factories import EmployeeFactory
from tests.access.addresses import every_address

pytestmark = pytest.mark.django_db


def test_everybody_exports_what_is_their_own_and_nobody_elses(client):
    mine, theirs = EmployeeFactory(language="id"), EmployeeFactory()
    for person in (mine, theirs):
        Job.objects.create(kind="core.audit_check", requested_by=person, title=f"Pekerjaan {person.nik}")
        Notification.objects.create(person=person, kind="job.done", title=f"Kabar {person.nik}", key="1")
    client.force_login(mine)

    jobs, news = lines_of(export(client, JOBS)), lines_of(export(client, INBOX))

    assert [line["Pekerjaan"] for line in jobs] == [f"Pekerjaan {mine.nik}"]
    assert [line["Pemberitahuan"] for line in news] == [f"Kabar {mine.nik}"]
    assert AuditEntry.objects.filter(act="export.made", actor_id=mine.pk).count() == 2


def test_every_list_of_the_portal_can_be_exported(client):
    """A life of one object in the trail is a part of the trail, which can; a saved report is a wish for an export;
    stores are looked up by their versions, and are exported as stores."""
    views = {view for pattern in every_pattern() if (view := list_of(pattern.callback)) is not None}
    assert {view.__name__ for view in views if not issubclass(view, ExportableListView)} == {
        "AuditObjectView",
        "ReportListView",
        "StoreVersionListView",
    }
    client.force_login(EmployeeFactory(roles=[Role.AUDITOR]))
    plain = [address.url({}) for address in every_address() if address.is_named and not address.parameters]
    lists = [url for url in plain if is_exported(list_of(resolve(url).func))]
    for url in lists:
        assert lines_of(export(client, url)) is not None, url
    assert len(lists) >= len(LISTS) + 10


def is_exported(view):
    """Not a part of a list's page, which is only read."""
    return view is not None and issubclass(view, ExportableListView) and "post" in view.http_method_names


def list_of(callback):
    view = getattr(callback, "view_class", None)
    return view if view is not None and issubclass(view, KeysetListView) else None


def every_pattern(patterns=None):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from every_pattern(pattern.url_patterns)
        else:
            yield pattern
