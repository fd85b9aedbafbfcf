"""Reads of places and people. Every list and every object of a page starts here, already within the person's scope."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.utils import timezone

from organization.choices import EmployeeStatus, Role, StoreState
from organization.models import Branch, Division, Employee, RoleGrant, Store, StoreBranch
from organization.scopes import Scope, branches_within, scope_of, stores_within


def stores_visible_to(employee: Employee) -> QuerySet[Store]:
    """Stores that the person may look at, with the branch that serves each today."""
    scope = scope_of(employee, "organization.view_store")
    return Store.objects.filter(stores_within(scope)).select_related("branch")


def employees_visible_to(employee: Employee) -> QuerySet[Employee]:
    """People within the person's scope, by the branch of their place of work or by their division."""
    scope = scope_of(employee, "organization.view_employee")
    return Employee.objects.filter(people_within(scope)).select_related(
        "store__branch", "branch_office", "division"
    )


def people_within(scope: Scope) -> Q:
    """People by the branch of their place of work or by their division."""
    if scope.national:
        return Q()
    found = Q(pk__in=())
    if scope.branch_ids:
        # A subquery instead of a join: the planner hashes it once and keeps walking the index of the sort.
        stores = Store.objects.filter(branch__in=scope.branch_ids).values("pk")
        found |= Q(branch_office__in=scope.branch_ids) | Q(store__in=stores)
    if scope.division_ids:
        found |= Q(division__in=scope.division_ids)
    return found


def branches_visible_to(employee: Employee, permission: str) -> QuerySet[Branch]:
    """Branches that a permission reaches."""
    return Branch.objects.filter(branches_within(scope_of(employee, permission)))


def filter_places(employee: Employee, permission: str) -> dict[str, list[tuple[int, str]]]:
    """What the directory's filters offer, (id, name) of `branch` and `division`, in one query."""
    branches = branches_visible_to(employee, permission).values_list(Value("branch"), "pk", "code", "name")
    divisions = Division.objects.values_list(Value("division"), "pk", "code", "name")
    places: dict[str, list[tuple[int, str]]] = {"branch": [], "division": []}
    for kind, pk, code, name in sorted(branches.order_by().union(divisions.order_by(), all=True)):
        places[kind].append((pk, f"{code} {name}"))
    return places


def branch_history_of(store: Store) -> QuerySet[StoreBranch]:
    """Which branch served the store when, the latest first."""
    return store.branch_history.select_related("branch").order_by("-days")


def grants_of(employee: Employee) -> QuerySet[RoleGrant]:
    """Every role that the person holds, held or will hold, the latest first."""
    grants = employee.role_grants.select_related("group", "branch", "division", "delegate_of")
    return grants.order_by("-days", "group__name")


def colleagues_at(store: Store, *, viewer: Employee) -> QuerySet[Employee]:
    """Who works at a store, as far as the viewer may see people."""
    return employees_visible_to(viewer).filter(store=store).order_by("name")


def place_of(employee: Employee) -> dict[str, Store | Branch | None]:
    """The `store` where somebody works, if it is one, and the `branch`, with address and phone: one query."""
    if employee.store_id is None:
        return {"store": None, "branch": Branch.objects.get(pk=employee.home_branch.pk)}
    store = Store.objects.select_related("branch").get(pk=employee.store_id)
    return {"store": store, "branch": store.branch}


def today_of(employee: Employee) -> date:
    """The person's own date: in Jayapura it is tomorrow two hours earlier than in Jakarta."""
    return timezone.now().astimezone(employee.time_zone).date()


def stores_in_state(stores: QuerySet[Store], state: StoreState, day: date) -> QuerySet[Store]:
    """Stores that are open, temporarily closed, closed or not opened yet on a day."""
    return stores.filter(state_on(day)[state])


def state_on(day: date) -> dict[StoreState, Q]:
    """The condition of each state; every store meets exactly one of them."""
    opened, closed = Q(opened_on__lte=day), Q(closed_on__isnull=False, closed_on__lte=day)
    paused = Q(paused_from__isnull=False, paused_from__lte=day) & (
        Q(paused_until__isnull=True) | Q(paused_until__gte=day)
    )
    not_closed = Q(closed_on__isnull=True) | Q(closed_on__gt=day)
    not_paused = Q(paused_from__isnull=True) | Q(paused_from__gt=day) | Q(paused_until__lt=day)
    return {
        StoreState.OPEN: opened & not_closed & not_paused,
        StoreState.PAUSED: opened & not_closed & paused,
        StoreState.CLOSED: closed,
        StoreState.COMING: Q(opened_on__gt=day) & not_closed,
    }


def state_of(store: Store, day: date) -> StoreState:
    """What one store is on a day, from the row at hand."""
    if store.closed_on and store.closed_on <= day:
        return StoreState.CLOSED
    if store.opened_on > day:
        return StoreState.COMING
    return StoreState.PAUSED if store.is_paused_on(day) else StoreState.OPEN


def store_counts_by_branch(employee: Employee, day: date) -> list[dict[str, Any]]:
    """Stores in the person's scope, counted by branch and state; branches with most to look after first."""
    conditions = state_on(day)
    counts: dict[str, Any] = {
        state.value: Count("pk", filter=condition) for state, condition in conditions.items()
    }
    unverified = Count("pk", filter=conditions[StoreState.OPEN] & Q(is_position_verified=False))
    rows = stores_visible_to(employee).select_related(None).order_by()
    counted: Any = rows.values("branch", "branch__code", "branch__name").annotate(
        **counts, unverified=unverified
    )
    return list(counted.order_by("-paused", "-unverified", "branch__code"))


def holders_of(role: Role) -> QuerySet[Employee]:
    """Active people who hold the role today, wherever it reaches."""
    held = RoleGrant.objects.filter(group__name=role, days__contains=timezone.localdate())
    return Employee.objects.filter(status=EmployeeStatus.ACTIVE, pk__in=held.values("employee"))


# Whom a store turns to, in this order.
_CONTACTS = (Role.COORDINATOR, Role.ASSISTANT_COORDINATOR, Role.MANAGER)


def contacts_at(branch: Branch, *, day: date, but: Employee) -> list[RoleGrant]:
    """Who leads the work at a branch today: grants with their people, coordinators first."""
    grants = RoleGrant.objects.filter(
        branch=branch, group__name__in=_CONTACTS, days__contains=day, employee__status=EmployeeStatus.ACTIVE
    ).exclude(employee=but)
    found = grants.select_related("employee", "group", "branch", "division")
    return sorted(found, key=lambda grant: (_CONTACTS.index(Role(grant.group.name)), grant.employee.name))
