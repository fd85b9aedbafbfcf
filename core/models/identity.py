from typing import ClassVar

from django.contrib.postgres.functions import RandomUUID
from django.db import models


class Identified(models.Model):
    """A thing the audit trail speaks of: by its kind and this UUID, which outlives keys, codes and restores."""

    # What the trail calls it by, where it has neither NIK, code nor name: fields, and fields of what they lead to.
    called_by: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)

    class Meta:
        abstract = True
