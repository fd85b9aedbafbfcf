"""docs/retention.md speaks of every table, and of tasks that the clock really starts."""

import re

from django.apps import apps

from portal.celery import SCHEDULE
from portal.servers.account import ROOT

PAGE = (ROOT / "docs" / "retention.md").read_text()
# Django's own lists of names, which hold nothing of anybody; the admin's log is not written, for the trail is one.
OF_DJANGO = {"auth_permission", "auth_group", "django_content_type", "django_admin_log"}


def test_every_table_has_its_line():
    told = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert told == {model._meta.db_table for model in apps.get_models()} - OF_DJANGO


def test_what_takes_away_is_started_by_the_clock():
    named = set(re.findall(r"nightly, `([\w.]+)`", PAGE))
    assert named
    assert named <= {line["task"] for line in SCHEDULE.values()}
