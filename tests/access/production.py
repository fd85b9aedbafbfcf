"""The settings as production reads them, from a process of its own: what is tested is the file, and not a copy of it."""

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

from portal.servers.account import ROOT
from tools.check import PRODUCTION, SERVERLESS

NAMES = (
    "SECURE_", "SESSION_", "CSRF_", "X_FRAME_OPTIONS", "CONTENT_SECURITY_POLICY", "LANGUAGE_COOKIE_", "ALLOWED_HOSTS",
    "DEBUG", "PRODUCTION", "DEMO", "REST_FRAMEWORK",
)  # fmt: skip
HOST = "gerai.example"
READ = f"""
import json
from django.conf import settings
names = [name for name in dir(settings) if name.startswith({NAMES!r})]
print(json.dumps({{name: getattr(settings, name) for name in names}}, default=list))
"""


def django_in_production(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **SERVERLESS, **PRODUCTION, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@cache
def production_settings() -> dict[str, Any]:
    done = django_in_production("-c", READ)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
