"""Core's pages in the admin: each stands in the package that it belongs to."""

from core.outbox.admin import OutboxMessageAdmin

__all__ = ["OutboxMessageAdmin"]
