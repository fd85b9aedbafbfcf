import json

import pytest

from tools import check_locks

HASHED = "django==5.2.19 \\\n    --hash=sha256:abc\n    # via -r requirements.in\n"


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(check_locks, "ROOT", tmp_path)

    def write(wanted: str, locked: str) -> None:
        (tmp_path / "requirements.in").write_text(wanted)
        (tmp_path / "requirements.txt").write_text(locked)

    return write


def test_a_lock_in_step_has_no_fault(checkout):
    checkout("# what we need\ndjango~=5.2\n", HASHED)
    assert check_locks.python_faults("requirements") == []


def test_a_package_that_is_not_pinned_is_found(checkout):
    checkout("django~=5.2\nDjango_Filter\n", HASHED)
    assert check_locks.python_faults("requirements") == [
        "requirements.txt does not pin django-filter: run `make lock`"
    ]


def test_a_pin_without_a_hash_is_found(checkout):
    checkout("django~=5.2\n", "attrs==1.0\n" + HASHED)
    assert check_locks.python_faults("requirements") == ["requirements.txt: attrs==1.0 has no hash"]


def test_an_address_in_a_lock_is_found(checkout):
    checkout("django~=5.2\n", "--index-url https://packages.example/simple\n" + HASHED)
    assert check_locks.python_faults("requirements") == ["requirements.txt names a registry or an address"]


def test_npm_versions_hashes_and_registries_are_compared(tmp_path, checkout):
    (tmp_path / "package.json").write_text(json.dumps({"dependencies": {"echarts": "6.1.0"}}))
    locked = {"version": "6.0.0", "resolved": "https://packages.example/echarts.tgz"}
    (tmp_path / "package-lock.json").write_text(
        json.dumps({"packages": {"": {}, "node_modules/echarts": locked}})
    )
    assert len(check_locks.npm_faults()) == 3
