"""Umpan Balik: written at the store, read by those who may, and made a problem where there is a helpdesk."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from betaapp import problems
from betaapp.models import Feedback, StoreTrial
from betaapp.services import end_program
from betaapp.tests.factories import FeedbackFactory, VersionFactory, manager_of, running_program
from notifications.models import Notification
from organization.choices import Role
from organization.tests.factories import EmployeeFactory, RoleGrantFactory, StoreFactory

pytestmark = pytest.mark.django_db
ADD, LIST = reverse("betaapp:feedback-add"), reverse("betaapp:feedback-list")


@pytest.fixture(autouse=True)
def _own_place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    yield
    problems.disconnect()


@pytest.fixture
def head(client):
    person = EmployeeFactory(in_store=True)
    client.force_login(person)
    return person


@pytest.fixture
def program(head):
    return running_program(head.store, version=VersionFactory(number="2.1.0"))


def trial():
    return StoreTrial.objects.get()


def url(name, feedback):
    return reverse(f"betaapp:feedback-{name}", args=[feedback.pk])


def picture(name="layar.png"):
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), content_type="image/png")


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


class Desk:
    """A helpdesk that takes everything."""

    def __init__(self):
        self.taken = []

    def problem_days(self, **period):
        return []

    def open_from_feedback(self, *, feedback_id, actor):
        self.taken.append((feedback_id, actor))
        return f"/helpdesk/problems/{feedback_id}/"


def test_the_store_writes_what_it_thinks_with_a_picture(client, head, program):
    page = client.get(ADD)
    assert page.context["form"].initial["trial"] == trial().pk  # one thing to speak of is chosen
    sent = {"trial": trial().pk, "rating": "2", "text": " Struk macet ", "picture": picture()}

    answer = client.post(ADD, sent, follow=True)

    feedback = Feedback.objects.get()
    assert (feedback.store, feedback.program, feedback.version) == (head.store, program, trial().version)
    assert (feedback.rating, feedback.text, feedback.made_by) == (2, "Struk macet", head)
    assert feedback.picture.name.endswith(".jpg")
    assert "Struk macet" in text_of(answer)
    shown = client.get(url("picture", feedback))
    assert shown["Content-Disposition"].startswith("attachment")
    assert "sandbox" in shown["Content-Security-Policy"]
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8")
    assert Notification.objects.get(person=program.made_by).kind == "betaapp.feedback"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rating": ""}, "rating"),
        ({"rating": "6"}, "rating"),
        ({"text": "  "}, "text"),
        ({"trial": ""}, "trial"),
        ({"picture": SimpleUploadedFile("a.png", b"<svg>")}, "picture"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(
    client, head, program, wrong, field
):
    answer = client.post(ADD, {"trial": trial().pk, "rating": "3", "text": "Lambat sekali"} | wrong)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert field == "text" or "Lambat sekali" in text_of(answer)
    assert not Feedback.objects.exists()


def test_what_another_store_tries_is_not_ones_own_to_judge(client, head):
    running_program(StoreFactory())

    answer = client.post(ADD, {"trial": trial().pk, "rating": "3", "text": "Baik"})

    assert answer.status_code == 422
    assert not Feedback.objects.exists()


def test_an_ended_programme_takes_no_more_feedback(client, head, program):
    key = trial().pk
    end_program(program=program, actor=None)
    assert client.post(ADD, {"trial": key, "rating": "3", "text": "Baik"}).status_code == 422
    assert not client.get(ADD).context["has_trials"]


def test_each_reads_ones_own_stores_and_what_the_role_reaches(client, head, program):
    mine = FeedbackFactory(made_by=head, program=program)
    other = FeedbackFactory()
    assert list(client.get(LIST).context["list"].rows) == [mine]
    assert client.get(url("detail", mine)).status_code == 200
    assert client.get(url("detail", other)).status_code == 404
    assert client.get(url("picture", other)).status_code == 404

    client.force_login(manager_of(program))
    assert set(client.get(LIST).context["list"].rows) == {mine, other}
    assert list(client.get(LIST, {"program": program.pk}).context["list"].rows) == [mine]
    person = EmployeeFactory()
    RoleGrantFactory(employee=person, role=Role.MANAGER, branch=other.store.branch)
    client.force_login(person)
    assert list(client.get(LIST).context["list"].rows) == [other]


def test_without_a_helpdesk_there_is_no_button_and_no_door(client, program):
    feedback = FeedbackFactory(program=program)
    client.force_login(manager_of(program))

    assert url("problem", feedback) not in text_of(client.get(url("detail", feedback)))
    assert client.post(url("problem", feedback)).status_code == 404


def test_one_click_makes_it_a_problem_once(client, program):
    feedback, desk = FeedbackFactory(program=program), Desk()
    problems.connect(desk)
    person = manager_of(program)
    client.force_login(person)
    assert url("problem", feedback) in text_of(client.get(url("detail", feedback)))

    first = client.post(url("problem", feedback))
    second = client.post(url("problem", feedback))

    assert first["Location"] == f"/helpdesk/problems/{feedback.pk}/"
    assert second["Location"] == url("detail", feedback)
    assert desk.taken == [(feedback.pk, person)]
    page = text_of(client.get(url("detail", feedback)))
    assert url("problem", feedback) not in page
    assert f"/helpdesk/problems/{feedback.pk}/" in page


def test_the_database_refuses_feedback_of_nobody():
    feedback = FeedbackFactory()
    with pytest.raises(IntegrityError, match="feedback_has_a_sender"), transaction.atomic():
        Feedback.objects.filter(pk=feedback.pk).update(made_by=None)


@pytest.mark.parametrize("count", [2, 20])
def test_pages_need_few_queries_whatever_they_show(client, program, count, django_assert_max_num_queries):
    feedback = [FeedbackFactory(program=program) for _ in range(count)]
    client.force_login(EmployeeFactory(roles=[Role.BETA_MANAGER]))
    client.get(LIST)
    for address in (LIST, url("detail", feedback[0]), ADD):
        with django_assert_max_num_queries(8):
            assert client.get(address).status_code == 200
