"""Sixteen thousand stores in one XLSX: how long and how much memory from the file to the preview, and to the database.

CI: 1,000 stores; full: 16,000.
"""

import os
import subprocess
import sys
import time
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.imports import services
from core.models import AuditEntry, ImportRun
from core.models.imports import ImportState
from organization.choices import Role
from organization.imports import StoreImport
from organization.models import Store, StoreBranch
from organization.tests.factories import BranchFactory, EmployeeFactory
from organization.tests.tables import STORE_HEAD, workbook
from portal.servers.account import ROOT
from tests.proof.conftest import IS_FULL

STORES = 16_000 if IS_FULL else 1_000
PREVIEW_S, MEMORY_MB = 40, 400

# In a process of its own: what the import takes, and not what the tests took before it.
WORKER = """
import os, sys, time
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
import django; django.setup()
from django.conf import settings
settings.MEDIA_ROOT = sys.argv[2]
from core.imports import services
from core.models import ImportRun
from tests.proof.memory import peak_mb
run = ImportRun.objects.select_related("uploaded_by").get(pk=sys.argv[1])
begun = time.monotonic(); services.preview(run); print(time.monotonic() - begun)
print(peak_mb())
ImportRun.objects.filter(pk=run.pk).update(state="applying"); run.refresh_from_db()
begun = time.monotonic(); services.apply(run, of="applying"); print(time.monotonic() - begun)
print(peak_mb())
"""


@pytest.mark.django_db(transaction=True)
def test_stores_of_a_whole_chain_are_imported_from_one_file(
    report: dict[str, Any], settings: Any, tmp_path: Any, capsys: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    for number in range(32):
        BranchFactory(code=f"G{number:03}")
    actor = EmployeeFactory(roles=[Role.ADMINISTRATOR])
    rows = [
        [f"T{n:05}", f"Toko {n}", f"G{n % 32:03}", -6.2 - n / 1e5, 106.8 + n / 1e5, date(2020, 1, 1)]
        for n in range(STORES)
    ]
    run = services.begin_import(kind=StoreImport, file=workbook(STORE_HEAD, *rows), actor=actor)

    assert run.state == ImportState.READING
    figures = _in_a_worker(run, tmp_path)
    report |= {"stores": STORES, **figures}
    with capsys.disabled():
        print(f"\n{STORES:,} stores: {figures}")  # noqa: T201  the proof's figures
    run.refresh_from_db()
    assert run.state == ImportState.APPLIED, run.errors
    assert (Store.objects.count(), StoreBranch.objects.count()) == (STORES, STORES)
    assert AuditEntry.objects.filter(act="object.added").count() == STORES
    assert figures["preview_s"] < PREVIEW_S
    assert figures["memory_mb"] < MEMORY_MB

    again = SimpleUploadedFile("again.xlsx", (tmp_path / "uploads" / run.sha256).read_bytes())
    second = services.begin_import(kind=StoreImport, file=again, actor=actor)
    begun = time.monotonic()
    services.preview(second)
    report["unchanged_preview_s"] = round(time.monotonic() - begun, 2)
    assert (second.counts["added"], second.counts["changed"], second.counts["unchanged"]) == (0, 0, STORES)


def _in_a_worker(run: ImportRun, media: Any) -> dict[str, float]:
    from django.db import connection

    url = os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + connection.settings_dict["NAME"]
    environment = os.environ | {"DATABASE_URL": url, "DATABASE_OWNER_URL": url, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(run.pk), str(media)],
        check=False, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    preview, _first, save, memory = (round(float(line), 2) for line in done.stdout.split())
    return {"preview_s": preview, "save_s": save, "memory_mb": memory}
