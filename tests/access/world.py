"""Places, people and things for every address: a branch and a division of ours, and another of each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Model
from django.http.cookie import SimpleCookie
from django.test import Client
from django.utils import timezone

from betaapp.models import BetaProgram
from betaapp.services import make_store_token
from betaapp.tests.factories import (
    ApplicationFactory,
    BetaProgramFactory,
    FeedbackFactory,
    VersionFactory,
    try_version,
)
from core.models import ImportRun, Job, OutboxMessage
from core.models.imports import ImportState
from monitoring.models import Machine
from monitoring.tests.factories import MachineFactory
from notifications.models import Notification
from organization.choices import EmployeeStatus, Role
from organization.models import ApiToken, Branch, Department, Division, Employee, RoleGrant, Store
from organization.tests.factories import (
    BranchFactory,
    DepartmentFactory,
    DivisionFactory,
    EmployeeFactory,
    RoleGrantFactory,
    StoreFactory,
)
from ppob import ledger
from ppob.models import (
    Agent,
    Biller,
    DepositStatement,
    Hold,
    LedgerDay,
    Message,
    PostingException,
    ReconciliationRun,
    SavedReport,
    Transaction,
    Transfer,
)
from ppob.services.sales import report_sales
from ppob.tests import factories as made
from ppob.tests.factories import AgentPriceFactory, BillerProductFactory, ConnectionFactory, make_login
from ppob.tests.ledger_factories import House, account, make_agent, make_biller, make_product
from ppob.tests.reconciliation_world import YESTERDAY, compared_day
from tests.access.addresses import Address

PLAIN = "plain"  # an employee without any role
ROLES = (PLAIN, *Role.values)
NOWHERE = 2_147_483_000  # a key that nothing has, and that every key column takes
NOWHERE_UUID = UUID("00000000-0000-4000-8000-000000000000")


@dataclass
class Unit:
    """One branch with a division, and one of everything in them."""

    branch: Branch = field(default_factory=BranchFactory)
    division: Division = field(default_factory=DivisionFactory)

    def __post_init__(self) -> None:
        self.store: Store = StoreFactory(branch=self.branch)
        self.department: Department = DepartmentFactory(division=self.division)
        self.employee: Employee = EmployeeFactory(branch_office=self.branch, division=self.division)
        self.machine: Machine = MachineFactory(divisions=[self.division])
        self.frozen = EmployeeFactory(
            branch_office=self.branch, division=self.division, status=EmployeeStatus.FROZEN
        )
        self.grant: RoleGrant = RoleGrantFactory(
            employee=self.employee, role=Role.COORDINATOR, branch=self.branch
        )
        self.job = job_of(self.employee)
        self.notification = notification_of(self.employee)
        self.token = ApiToken.objects.create(
            employee=self.employee,
            name=f"Kas {self.branch.code}",
            digest=self.branch.code,
            expires_at=timezone.now() + timedelta(days=9),
        )
        self.agent = make_agent(10_000)
        self.product = BillerProductFactory().product
        AgentPriceFactory(product=self.product)
        self.connection = ConnectionFactory()
        self.ppob: dict[str, Any] = {name: make() for name, make in PPOB.items()}
        self.ppob |= {
            "account": account(self.agent),
            "transfer": Transfer.objects.latest("pk"),
            "hold": hold_of(self.agent),
            "transaction": sale_of(self.agent),
            "message": Message.objects.create(
                at=timezone.now(),
                connection=self.connection,
                direction="out",
                state="pending",
                mti="0200",
                body="x",
            ),
            "ledgerday": closed_day(),
            "exception": exception_of(),
            "run": run_of(make_biller()),
        }
        (self.difference,) = compared_day(1)
        self.ppob |= {
            "difference": self.difference,
            "reconciled biller": self.difference.biller,
            "reconciliationrun": self.difference.run,
            "settlementfile": self.difference.file,
            "settlementprofile": self.difference.biller.settlement_profile,
            "depositstatement": self.difference.biller.statements.get(),
        }
        self.version = VersionFactory(application=ApplicationFactory(division=self.division))
        self.program: BetaProgram = BetaProgramFactory(division=self.division)
        self.tried = try_version(self.program, self.version)
        self.feedback = FeedbackFactory(
            made_by=EmployeeFactory(store=self.store, branch_office=None),
            program=self.program,
            application=self.version.application,
            version=self.version,
        )
        self.store_token = make_store_token(store=self.store, actor=None)[0]
        self.login = make_login(employee=EmployeeFactory(branch_office=self.branch, division=self.division))
        self.message = OutboxMessage.objects.create(kind="access.test", key=self.branch.code, payload={})


def hold_of(agent: Agent) -> Hold:
    return Hold.objects.get(
        pk=ledger.hold(key=f"access:{agent.pk}", account=account(agent).pk, amount=100).id
    )


def sale_of(agent: Agent) -> Transaction:
    house = House(agent, make_biller(), make_product())
    report_sales([house.sale(bill=500, biller_fee=0, counter_fee=0, commission=0, agent_share=0)])
    return Transaction.objects.get(agent=agent)


def exception_of() -> PostingException:
    """What an empty balance could not carry."""
    (outcome,) = report_sales([House.make(balance=0).sale()])
    return PostingException.objects.get(transaction_id=outcome.transaction_id or 0)


def run_of(biller: Biller) -> ReconciliationRun:
    """A day that both sides agree on."""
    on, now = timezone.localdate() - timedelta(days=3), timezone.now()
    run = ReconciliationRun.objects.create(
        biller=biller, business_on=on, number=1, started_at=now, ended_at=now, lines=0, lines_amount=0, ours=0, ours_amount=0,
        matched=0, matched_lines=0, matched_amount=0, different_lines=0, different_amount=0, rejected=0, digest=b"0",
    )  # fmt: skip
    DepositStatement.objects.create(biller=biller, business_on=on, run=run, sales=0, payable=0)
    return run


def report_of(unit: "Unit", person: Employee) -> SavedReport:
    """The person's own, made when first asked for."""
    found = SavedReport.objects.filter(owner=person).first()
    return found or SavedReport.objects.create(owner=person, name="Harian", columns=["noref"])


def closed_day() -> LedgerDay:
    """Both units have the same: a day closes once."""
    yesterday = timezone.localdate() - timedelta(days=2)
    if not LedgerDay.objects.exists():
        ledger.close_day(yesterday)
    return LedgerDay.objects.get()


# What of the payment point's master data is not looked at on a page of the portal.
PPOB: dict[str, Callable[[], Any]] = {
    "corporate": made.CorporateFactory,
    "agentdevice": made.AgentDeviceFactory,
    "blacklist": made.BlacklistFactory,
    "apprelease": made.AppReleaseFactory,
    "biller": make_biller,
    "reportedbalance": made.ReportedBalanceFactory,
    "billerday": made.BillerDayFactory,
    "agentprice": made.AgentPriceFactory,
    "bill": made.BillFactory,
    "limit": made.LimitFactory,
    "sftpsource": made.SftpSourceFactory,
    "accountcode": made.AccountCodeFactory,
    "taxrate": made.TaxRateFactory,
    "virtualaccount": made.VirtualAccountFactory,
    "topup": made.TopUpFactory,
    "bankline": made.BankLineFactory,
    "reward": made.RewardFactory,
    "redemption": made.RedemptionFactory,
    "achievement": made.AchievementFactory,
    "merchant": made.MerchantFactory,
    "content": made.ContentFactory,
    "pushmessage": made.PushMessageFactory,
    "setting": made.SettingFactory,
    "apiclient": made.ApiClientFactory,
}


def ppob_of(unit: Unit, person: Employee, *, name: str) -> Any:
    return unit.ppob[name]


def job_of(person: Employee) -> Job:
    return Job.objects.create(kind="core.audit_check", requested_by=person)


def notification_of(person: Employee) -> Notification:
    return Notification.objects.create(
        person=person, kind="job.done", title="Done", key=f"access.{person.pk}"
    )


def import_of(person: Employee, resource: str = "organization.store") -> ImportRun:
    return ImportRun.objects.create(
        resource=resource,
        file_name="toko.xlsx",
        sha256="0" * 64,
        uploaded_by=person,
        state=ImportState.REFUSED,
    )


def import_run_of(unit: Unit, person: Employee, *, resource: str) -> ImportRun:
    """The person's own, made when first asked for."""
    found = ImportRun.objects.filter(uploaded_by=person, resource=resource).first()
    return found or import_of(person, resource)


# What a unit makes of it, beside what PPOB names.
MADE = (
    "account", "transfer", "hold", "transaction", "message", "ledgerday", "difference", "reconciled biller",
    "reconciliationrun", "settlementfile", "settlementprofile", "depositstatement",
)  # fmt: skip


# What stands behind a model's admin, and behind a portal's name: (unit, whoever asks) → object.
OBJECTS: dict[str, Callable[[Unit, Employee], Any]] = {
    "organization.branch": lambda unit, person: unit.branch,
    "organization.store": lambda unit, person: unit.store,
    "organization.division": lambda unit, person: unit.division,
    "organization.department": lambda unit, person: unit.department,
    "organization.employee": lambda unit, person: unit.employee,
    "organization.rolegrant": lambda unit, person: unit.grant,
    "monitoring.machine": lambda unit, person: unit.machine,
    "organization.apitoken": lambda unit, person: unit.token,
    "ppob.agent": lambda unit, person: unit.agent,
    "ppob.product": lambda unit, person: unit.product,
    "ppob.connection": lambda unit, person: unit.connection,
    "ppob.login": lambda unit, person: unit.login,
    **{f"ppob.{name}": partial(ppob_of, name=name) for name in (*PPOB, *MADE)},
    **{
        f"import of ppob.{name}": partial(import_run_of, resource=f"ppob.{name}")
        for name in ("agent", "product", "bankline")
    },
    "ppob.exception": partial(ppob_of, name="exception"),
    "ppob.run": partial(ppob_of, name="run"),
    "ppob.savedreport": report_of,
    "betaapp.application": lambda unit, person: unit.version.application,
    "betaapp.version": lambda unit, person: unit.version,
    "betaapp.betaprogram": lambda unit, person: unit.program,
    "betaapp.programapplication": lambda unit, person: unit.tried,
    "betaapp.feedback": lambda unit, person: unit.feedback,
    "betaapp.storetoken": lambda unit, person: unit.store_token,
    "core.outboxmessage": lambda unit, person: unit.message,
    "auth.group": lambda unit, person: Group.objects.get(name=Role.COORDINATOR),
    "core.job": lambda unit, person: Job.objects.filter(requested_by=person).first() or unit.job,
    **{
        f"import of organization.{name}": partial(import_run_of, resource=f"organization.{name}")
        for name in ("branch", "store", "division", "department", "employee")
    },
    "notifications.notification": lambda unit, person: (
        Notification.objects.filter(person=person).first() or unit.notification
    ),
}
# Which object a portal's or an API's address is about: the name's beginning decides, the longest first.
PORTAL: dict[str, str] = {
    "organization:store": "organization.store",
    "organization:employee": "organization.employee",
    "monitoring:machine": "monitoring.machine",
    "ppob:agent": "ppob.agent",
    "ppob:product": "ppob.product",
    "ppob:connection": "ppob.connection",
    "ppob:login": "ppob.login",
    "ppob:biller-balance": "ppob.biller",
    "ppob:topup": "ppob.topup",
    "ppob:bank-import": "import of ppob.bankline",
    "ppob:statement": "ppob.account",
    "ppob:redemption": "ppob.redemption",
    "ppob:transaction": "ppob.transaction",
    "ppob:suspect": "ppob.transaction",
    "ppob:exception": "ppob.exception",
    "ppob:report": "ppob.savedreport",
    "ppob:reconciliation": "ppob.reconciled biller",
    "ppob:difference": "ppob.difference",
    "ppob:settlement-file": "ppob.settlementfile",
    "ppob:settlement-profile": "ppob.reconciled biller",
    "ppob:run": "ppob.run",
    "betaapp:program": "betaapp.betaprogram",
    "betaapp:tried": "betaapp.programapplication",
    "betaapp:feedback": "betaapp.feedback",
    "betaapp:store-version": "organization.store",
    "audit:object": "organization.store",
    "jobs:": "core.job",
    "notifications:": "notifications.notification",
    "api:store": "organization.store",
    "api:employee": "organization.employee",
    "api:machine": "monitoring.machine",
}


# What an address needs to make sense at all.
QUERIES = {
    "admin:autocomplete": "?app_label=organization&model_name=employee&field_name=store&term=",
}


def kind_of(address: Address) -> str:
    """The model that the address is about, as app.model; "" for one without an object."""
    if not address.parameters:
        return ""
    for model in admin.site._registry:
        label, options = model._meta.label_lower, model._meta
        place = f"{options.app_label}_{options.model_name}_"
        if address.name.startswith((f"admin:{place}", f"admin/{options.app_label}/{options.model_name}/")):
            return f"import of {label}" if "run" in address.parameters else label
    found = [prefix for prefix in PORTAL if address.name.startswith(prefix)]
    return PORTAL[max(found, key=len)] if found else ""


def arguments(address: Address, thing: Model | None, *, key: Any = None) -> dict[str, Any]:
    """What fills the address' parameters. `key` takes the place of the object's own.

    Raises KeyError for a parameter that nobody thought of: a new kind of address needs a line here.
    """
    known: dict[str, Any] = {
        "app_label": "organization",
        "token": "x" * 43,
        "url": "no/such/page/",
        "kind": "organization.store",
        "content_type_id": NOWHERE,
        "path": "x",
        "key": "HOLD-1",
        "format": "json",
        "on": YESTERDAY,
        "paper": "csv",
        "form": "csv",
    }
    if thing is not None:
        key = thing.pk if key is None else key
        known["at"] = getattr(thing, "moment", 0)
        known |= {"pk": key, "object_id": key, "run": key, "0": key}
        known["kind"] = thing._meta.label_lower
        known["uuid"] = key if isinstance(key, UUID) else getattr(thing, "uuid", NOWHERE_UUID)
    if address.name == "admin:view_on_site":
        known["object_id"] = NOWHERE
    return {name: known[name] for name in address.parameters}


class World:
    """Ours and the other unit, one national person of each role with a session, and those who may not come in."""

    def __init__(self) -> None:
        self.own, self.other = Unit(), Unit()
        self.people: dict[str, Employee] = {PLAIN: EmployeeFactory(branch_office=self.own.branch)}
        for role in Role.values:
            self.people[role] = EmployeeFactory(branch_office=self.own.branch, roles=[role])
        # The strongest role: what it is refused, no other gets.
        for name in ("frozen", "new_pin"):
            self.people[name] = EmployeeFactory(branch_office=self.own.branch, roles=[Role.ADMINISTRATOR])
        for machine in (self.own.machine, self.other.machine):
            machine.pics.add(self.people[Role.MACHINE_PIC])
        for person in self.people.values():
            job_of(person), notification_of(person)
        self.clients = {name: client_of(person) for name, person in self.people.items()}
        self.clients["anonymous"] = Client(raise_request_exception=False)
        self._cookies = {who: client.cookies.output([], "", ";") for who, client in self.clients.items()}
        Employee.objects.filter(pk=self.people["frozen"].pk).update(status=EmployeeStatus.FROZEN)
        Employee.objects.filter(pk=self.people["new_pin"].pk).update(must_change_pin=True)

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(self.clients)

    def let_in(self, who: str, person: Employee) -> Client:
        """A session for somebody more, or a new one after a change of the PIN."""
        self.people[who] = person
        self.clients[who] = client_of(person)
        self._cookies[who] = self.clients[who].cookies.output([], "", ";")
        return self.clients[who]

    def url(self, address: Address, who: str) -> str:
        """The address of an object of our unit, or of the person's own where things are a person's."""
        kind = kind_of(address)
        person = self.people.get(who) or self.own.employee
        thing = OBJECTS[kind](self.own, person) if kind else None
        if address.name.endswith("_unfreeze"):
            thing = self.own.frozen
        return address.url(arguments(address, thing)) + QUERIES.get(address.name, "")

    def restore(self, who: str) -> None:
        """Whatever an answer did to the cookies, the next request is the logged in person's again."""
        self.clients[who].cookies = SimpleCookie(self._cookies.get(who, ""))

    def ask(self, who: str, method: str, url: str, **extra: Any) -> Any:
        """One request whose traces in the database are taken back."""
        self.restore(who)
        with undone():
            return self.clients[who].generic(method, url, **({"content_type": FORM} | extra))


FORM = "application/x-www-form-urlencoded"


def client_of(person: Employee) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside leaves the database as it was, and whoever waits for a commit waits in vain."""
    with transaction.atomic():
        waiting = len(connection.run_on_commit)
        yield
        del connection.run_on_commit[waiting:]
        transaction.set_rollback(True)
