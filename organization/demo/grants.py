"""Who holds which role where: by the post, by the cast, with some delegates during leave and some grants that ended."""

from datetime import date, timedelta
from random import Random

from django.contrib.auth.models import Group
from django.db.backends.postgresql.psycopg_any import DateRange

from organization.choices import BranchKind, EmployeeStatus, Role, ScopeKind
from organization.demo.people import Post
from organization.demo.players import scopes_of
from organization.models import Branch, Division, Employee, RoleGrant

BY_DIVISION = {
    Role.SUPERVISOR, Role.MACHINE_PIC, Role.BETA_MANAGER, Role.RESPONSIBLE_STAFF, Role.DEPARTMENT_PIC,
}  # fmt: skip


class GrantBook:
    """Collects unsaved grants; `groups` are the roles that the migration has made."""

    def __init__(self, *, divisions: dict[str, Division], random: Random, today: date) -> None:
        self.groups = {group.name: group for group in Group.objects.all()}
        self.divisions, self.random, self.today = divisions, random, today
        self.rows: list[RoleGrant] = []

    def grant(
        self,
        employee: Employee,
        role: Role,
        *,
        branch: Branch | None = None,
        division: Division | None = None,
        days: DateRange | None = None,
        delegate_of: Employee | None = None,
    ) -> None:
        scope = ScopeKind.BRANCH if branch else ScopeKind.DIVISION if division else ScopeKind.NATIONAL
        since = max(employee.joined_at.date(), self.today - timedelta(days=6 * 365))
        self.rows.append(
            RoleGrant(
                employee=employee,
                group=self.groups[role],
                scope=scope,
                branch=branch,
                division=division,
                days=days or DateRange(since, None),
                delegate_of=delegate_of,
            )
        )

    def by_posts(self, posts: list[Post]) -> None:
        """Each post's role where the person works; resigned people's grants ended with them."""
        for post in posts:
            if post.role:
                self._by_post(post.employee, post.role)

    def _by_post(self, employee: Employee, role: Role) -> None:
        days = None
        if employee.status == EmployeeStatus.RESIGNED:
            first = employee.joined_at.date()
            days = DateRange(first, first + (self.today - first) / 2 + timedelta(days=1))
        if role in BY_DIVISION:
            self.grant(employee, role, division=employee.division, days=days)
        elif employee.home_branch.kind == BranchKind.HEAD_OFFICE:
            self.grant(employee, role, days=days)
        else:
            self.grant(employee, role, branch=employee.home_branch, days=days)

    def by_cast(self, players: dict[Role, Employee], branches: dict[str, Branch]) -> None:
        for role, employee in players.items():
            for branch, division in scopes_of(role):
                self.grant(
                    employee,
                    role,
                    branch=branches[branch] if branch else None,
                    division=self.divisions[division] if division else None,
                )

    def delegates(self, posts: list[Post]) -> None:
        """In every fourth branch the assistant stands in for the coordinator; in every eighth that is over."""
        coordinators = [p.employee for p in posts if p.role == Role.COORDINATOR]
        assistants = [p.employee for p in posts if p.role == Role.ASSISTANT_COORDINATOR]
        for i, (absent, deputy) in enumerate(zip(coordinators, assistants, strict=True)):
            if i % 4 == 1:
                begun = self.today - timedelta(days=self.random.randrange(1, 8))
                if i % 8 == 1:
                    begun -= timedelta(days=60)
                days = DateRange(begun, begun + timedelta(days=14))
                self.grant(
                    deputy, Role.COORDINATOR, branch=absent.branch_office, days=days, delegate_of=absent
                )
