from importlib.metadata import PackageNotFoundError

import pytest

from tools import check_licences


class About(dict):
    def get_all(self, name):
        return self.get("all " + name)

    def __missing__(self, name):
        return None


@pytest.fixture
def say(monkeypatch):
    def metadata(**fields):
        about = About({name.replace("_", "-"): value for name, value in fields.items()})
        about["all Classifier"] = fields.get("Classifier")
        monkeypatch.setattr(
            check_licences, "distribution", lambda name: type("Found", (), {"metadata": about})
        )
        return check_licences.licences_of("something")

    return metadata


def test_every_form_of_naming_a_licence_is_understood(say):
    assert say(License_Expression="(MIT OR Apache-2.0) AND PSF-2.0") == {"MIT", "Apache-2.0", "PSF-2.0"}
    assert say(Classifier=["License :: OSI Approved :: MIT License"], License="a long text") == {"MIT"}
    assert say(License="BSD 3-Clause OR Apache-2.0\nmore") == {"BSD-3-Clause", "Apache-2.0"}
    assert say() == {"unknown"}


def test_a_licence_that_is_not_listed_is_a_fault(say, monkeypatch):
    say(License_Expression="GPL-3.0-or-later")
    monkeypatch.setattr(check_licences, "pins", lambda lock: ["something"])
    assert check_licences.python_faults() == ["something: GPL-3.0-or-later is not on the allow-list"]


def test_a_package_for_another_system_is_passed_over(monkeypatch):
    def missing(name):
        raise PackageNotFoundError

    monkeypatch.setattr(check_licences, "distribution", missing)
    assert check_licences.licences_of("colorama") is None
