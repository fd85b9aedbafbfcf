"""How far a permission reaches for a person: the union of the scopes of the roles that carry it today."""

from dataclasses import dataclass

from django.db.models import Q

from organization.choices import ScopeKind
from organization.models import Employee


@dataclass(frozen=True)
class Scope:
    """All of the country, or some branches and some divisions. An empty one reaches nothing."""

    national: bool = False
    branch_ids: frozenset[int] = frozenset()
    division_ids: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.national or bool(self.branch_ids) or bool(self.division_ids)


def scope_of(employee: Employee, permission: str) -> Scope:
    """The scope of `app.codename`; costs no query beyond the person's grants and permissions, loaded once a request."""
    if not getattr(employee, "is_active", False):
        return Scope()
    carrying = {group for group, names in employee.permissions_by_group.items() if permission in names}
    grants = [grant for grant in employee.grants if grant.group_id in carrying]
    return Scope(
        national=any(grant.scope == ScopeKind.NATIONAL for grant in grants),
        branch_ids=frozenset(grant.branch_id for grant in grants if grant.branch_id),
        division_ids=frozenset(grant.division_id for grant in grants if grant.division_id),
    )


def stores_within(scope: Scope) -> Q:
    """Stores belong to branches, and to no division: who serves a division serves it at every store."""
    if scope.national or scope.division_ids:
        return Q()
    return Q(branch__in=scope.branch_ids) if scope.branch_ids else Q(pk__in=())


def branches_within(scope: Scope) -> Q:
    if scope.national or scope.division_ids:
        return Q()
    return Q(pk__in=scope.branch_ids) if scope.branch_ids else Q(pk__in=())
