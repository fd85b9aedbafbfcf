"""The admin of places and people: one module a noun."""

from organization.admin import branches, employees, grants, roles, stores, structure, tokens

__all__ = ["branches", "employees", "grants", "roles", "stores", "structure", "tokens"]
