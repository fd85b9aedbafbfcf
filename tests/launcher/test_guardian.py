"""Servers are shared by whoever uses them and end with the last user, however that one ended."""

import os
import signal

import psycopg
import pytest
import redis

from tests.launcher.conftest import address_of, eventually, processes_of


def query(address, statement):
    with psycopg.connect(address["DATABASE_URL"], autocommit=True) as connection:
        return connection.execute(statement).fetchone()


def answers(address):
    return redis.Redis.from_url(address["REDIS_URL"]).ping()


def pids_of(state, part):
    return [pid for pid, command in processes_of(state).items() if part in command]


def test_two_users_at_once_share_one_server(hold, state):
    first, second = hold("valkey"), hold("valkey")
    assert address_of(first) == address_of(second)
    assert len(pids_of(state, "valkey-server")) == 1


def test_a_server_stays_for_the_second_user_and_ends_with_the_last(hold, state):
    first, second = hold("valkey"), hold("valkey")
    address = address_of(first)
    address_of(second)

    first.communicate("")
    assert answers(address)

    second.communicate("")
    assert eventually(lambda: not processes_of(state)), processes_of(state)


def test_nothing_is_left_when_the_last_user_is_killed(hold, state):
    user = hold("postgres", "valkey")
    address_of(user)
    user.kill()
    assert eventually(lambda: not processes_of(state)), processes_of(state)


def test_a_user_that_comes_while_the_server_stops_gets_a_new_one(hold):
    for _ in range(3):
        user = hold("valkey")
        assert answers(address_of(user))
        user.kill()


def test_servers_end_when_their_guardian_is_killed_and_the_next_user_starts_anew(hold, state):
    address_of(hold("postgres", "valkey"))
    for guardian in pids_of(state, "boot.py"):
        os.kill(guardian, signal.SIGKILL)
    address = address_of(hold("postgres", "valkey"))
    assert query(address, "SELECT 1") == (1,)
    assert answers(address)


@pytest.mark.parametrize(("kind", "program"), [("postgres", "postgres -D"), ("valkey", "valkey-server")])
def test_a_server_that_dies_is_started_again(hold, state, kind, program):
    address_of(hold(kind))
    [before] = pids_of(state, program)
    os.kill(before, signal.SIGKILL)
    assert eventually(lambda: set(pids_of(state, program)) - {before})


def test_the_application_s_role_is_no_superuser_and_the_socket_is_closed_to_strangers(hold, state):
    address = address_of(hold("postgres"))
    assert query(
        address, "SELECT current_user::text, rolsuper FROM pg_roles WHERE rolname = current_user"
    ) == (
        "gerai_app",
        False,
    )
    assert (state / "postgres" / "socket").stat().st_mode & 0o077 == 0


def test_a_cluster_of_another_major_is_refused_in_one_line(hold, state):
    cluster = state / "postgres" / "pgdata"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("15\n")

    message = hold("postgres").communicate("")[1]

    assert "was made by PostgreSQL 15" in message
    assert message.count("\n") == 1
    assert eventually(lambda: not processes_of(state)), processes_of(state)


def test_a_cluster_that_was_left_half_made_is_made_again(hold, state):
    half = state / "postgres" / "pgdata.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert query(address_of(hold("postgres")), "SELECT 1") == (1,)


def test_a_state_folder_too_deep_for_a_socket_gets_a_short_one(hold, state, environment):
    environment["GERAI_STATE_DIR"] = str(state / ("deep" * 25))
    assert query(address_of(hold("postgres")), "SELECT 1") == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a folder that PostgreSQL's account cannot enter")
def test_root_s_closed_folder_is_answered_by_a_place_outside(hold, state, environment):
    closed = state / "closed"
    closed.mkdir(mode=0o700)
    environment["GERAI_STATE_DIR"] = str(closed / "state")
    assert query(address_of(hold("postgres")), "SELECT 1") == (1,)
    outside = (closed / "state" / "postgres" / "pgdata").readlink()
    assert outside.owner() != "root"
