"""The ground that every database test stands on: who may do what, and that the teardown leaves nothing behind."""

import pytest
from django.contrib.auth.models import Group
from django.db import ProgrammingError, connection, connections, transaction

from organization.choices import Role


def role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_tests_run_as_the_application_s_role():
    assert role() == connection.settings_dict["USER"]
    assert role() != connections["owner"].settings_dict["USER"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "forbidden",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE auth_group ADD COLUMN extra int",
        "TRUNCATE auth_group CASCADE",
        "DROP TABLE auth_group CASCADE",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_cannot_touch_the_schema_or_switch_triggers_off(forbidden):
    with connection.cursor() as cursor, pytest.raises(ProgrammingError), transaction.atomic():
        cursor.execute(forbidden)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_committing_test_starts_from_the_seeded_roles_alone(turn):
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)
    Group.objects.create(name=f"left behind by turn {turn}")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_teardown_passes_tables_that_refuse_to_be_emptied():
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """
            CREATE TABLE append_only (id int);
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'append only'; END $$;
            CREATE TRIGGER no_truncate BEFORE TRUNCATE ON append_only EXECUTE FUNCTION refuse();
            INSERT INTO append_only VALUES (1);
            """
        )
    from tests.plugins.database import empty_database

    try:
        empty_database()
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM append_only")
            assert cursor.fetchone() == (0,)
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("DROP TABLE append_only; DROP FUNCTION refuse()")


@pytest.mark.django_db
def test_letters_beyond_ascii_compare_without_case():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'É' ILIKE 'é', similarity('Żółć', 'żółć')")
        assert cursor.fetchone() == (True, 1.0)
