"""What the trail calls things: each kind by something a person knows it by, in one statement however many kinds."""

from uuid import uuid4

import pytest
from django.utils import timezone

from core.audit.kinds import audited_models
from core.audit.names import CALLED_BY, Names
from organization.tests.factories import EmployeeFactory, RoleGrantFactory
from ppob.models import BillerDay
from ppob.tests.ledger_factories import make_biller

pytestmark = pytest.mark.django_db
# What one would know these by is personal, or a long text.
NAMELESS = {"ppob.bill", "ppob.blacklist", "ppob.limit"}


def test_every_kind_has_a_name_but_for_those_that_must_not():
    nameless = {
        kind
        for kind, model in audited_models().items()
        if not getattr(model, "called_by", ())
        and not {field.name for field in model._meta.fields} & set(CALLED_BY)
    }
    assert nameless == NAMELESS


def test_one_statement_names_things_of_all_kinds(django_assert_num_queries):
    day = BillerDay.objects.create(biller=make_biller(code="ARTHA"), business_on=timezone.localdate())
    grant = RoleGrantFactory(employee=EmployeeFactory(nik="2015000777"))
    wanted = [(kind, str(uuid4())) for kind in audited_models()]
    wanted += [("ppob.billerday", str(day.uuid)), ("organization.rolegrant", str(grant.uuid))]

    with django_assert_num_queries(1):
        names = Names(wanted)

    assert names.of("ppob.billerday", day.uuid) == f"ARTHA {day.business_on}"
    assert names.key_of("ppob.billerday", day.uuid) == day.pk
    assert names.of("organization.rolegrant", grant.uuid) == "2015000777"
    assert names.of("ppob.difference", uuid4()) == ""
