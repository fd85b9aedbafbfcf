from django.contrib.postgres.functions import RandomUUID
from django.db import models


class Identified(models.Model):
    """A thing the audit trail speaks of: by its kind and this UUID, which outlives keys, codes and restores."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)

    class Meta:
        abstract = True
