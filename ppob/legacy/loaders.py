"""What a row becomes, by the word that stands behind `into` in the mapping. A loader adds what is not here, and nothing else."""

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.db import DatabaseError, models, transaction
from django.utils import timezone

from core.audit.many import record_many
from core.exceptions import GeraiError
from core.sealed import seal
from ppob import ledger
from ppob import models as ppob
from ppob.choices import AccountKind, TransferKind
from ppob.house_accounts import BANK, ISSUED
from ppob.legacy.exceptions import RowRefused
from ppob.legacy.reading import read
from ppob.models.agents import ktp_validator
from ppob.services import equip_agents
from ppob.services.accounts import open_biller_accounts
from ppob.services.limits import apply_limits

Values = dict[str, Any]
Batch = list[tuple[int, Values]]
Refused = Callable[[int, str], None]
_ROWS = uuid.UUID("5a1f5c0e-7d2b-4b6e-9f0a-9c1f4b8f6a11")
LONG_AGO = date(2000, 1, 1)
ID = models.CharField("id", max_length=120, name="id")


class Loader(Protocol):
    def takes(self) -> set[str]:
        """Names that a mapping may give columns to."""

    def needs(self) -> tuple[str, ...]:
        """Those without which a row is none."""

    def read(self, name: str, text: str | None, words: Mapping[str, Any]) -> Any: ...

    def save(self, table: str, batch: Batch, refused: Refused) -> int:
        """How many rows of the batch were new. In the caller's transaction; faults of a row go to `refused`."""


@dataclass(frozen=True, kw_only=True)
class ModelLoader:
    """Rows of a table as objects of one model, known again by `key`: own fields, or the row's `uuid` made of its id."""

    model: type[models.Model]
    key: tuple[str, ...]
    fields: tuple[str, ...]
    required: tuple[str, ...]
    references: Mapping[str, tuple[type[models.Model], str]] = field(default_factory=dict)
    extra: Mapping[str, models.Field] = field(default_factory=dict)
    complete: Callable[[Values], None] = lambda values: None
    finish: Callable[[Sequence[Any]], None] = lambda made: None

    def takes(self) -> set[str]:
        return {*self.fields, *self.references, *self.extra, "id"}

    def needs(self) -> tuple[str, ...]:
        return self.required

    def read(self, name: str, text: str | None, words: Mapping[str, Any]) -> Any:
        if name == "id":
            return read(ID, text, {})
        if name in self.references:
            other, lookup = self.references[name]
            return read(_named(other._meta.get_field(lookup), name), text, words)
        return read(self.extra.get(name) or self.model._meta.get_field(name), text, words)  # type: ignore[arg-type]

    def save(self, table: str, batch: Batch, refused: Refused) -> int:
        whole = self._looked_up(batch, refused)
        known = self._known(table, whole)
        fresh: list[tuple[int, models.Model]] = []
        for line, values in whole:
            key = self._key(table, values)
            if key not in known:
                known.add(key)
                fresh.append((line, self._object(table, values)))
        made = self._create(fresh, refused)
        record_many(None, "legacy.imported", ((one, None) for one in made))
        self.finish(made)
        return len(made)

    def _looked_up(self, batch: Batch, refused: Refused) -> Batch:
        """Codes replaced by what they name."""
        found = {name: self._named(batch, name) for name in self.references}
        whole: Batch = []
        for line, values in batch:
            try:
                for name, things in found.items():
                    if (code := values.get(name)) is not None:
                        if code not in things:
                            raise RowRefused(f"{name}: there is none with {code!r}")
                        values[name] = things[code]
                self.complete(values)
            except RowRefused as fault:
                refused(line, str(fault))
            else:
                whole.append((line, values))
        return whole

    def _named(self, batch: Batch, name: str) -> dict[Any, Any]:
        other, lookup = self.references[name]
        codes = {values[name] for _line, values in batch if values.get(name) is not None}
        return {
            getattr(one, lookup): one for one in other._default_manager.filter(**{f"{lookup}__in": codes})
        }

    def _known(self, table: str, batch: Batch) -> set[tuple[Any, ...]]:
        keys = [self._key(table, values) for _line, values in batch]
        rows = self.model._default_manager.filter(**{f"{self.key[0]}__in": {key[0] for key in keys}})
        return set(rows.values_list(*self.key))

    def _key(self, table: str, values: Values) -> tuple[Any, ...]:
        if self.key == ("uuid",):
            return (_uuid(table, values),)
        return tuple(_plain(values.get(name)) for name in self.key)

    def _object(self, table: str, values: Values) -> models.Model:
        own = {
            name: value
            for name, value in values.items()
            if value is not None and name not in {"id", *self.extra}
        }
        return self.model(uuid=_uuid(table, values) if self.key == ("uuid",) else uuid.uuid4(), **own)

    def _create(self, fresh: list[tuple[int, models.Model]], refused: Refused) -> list[models.Model]:
        """All at once; one by one where the database refuses some, to say which."""
        if not fresh:
            return []
        try:
            with transaction.atomic():
                self.model._default_manager.bulk_create([one for _line, one in fresh])
                return [one for _line, one in fresh]
        except DatabaseError:
            pass  # asked again, row by row
        made = []
        for line, one in fresh:
            try:
                with transaction.atomic():
                    one.pk = None
                    one.save(force_insert=True)
                    made.append(one)
            except DatabaseError as error:
                refused(line, _why(error))
        return made


@dataclass(frozen=True, kw_only=True)
class BalanceLoader:
    """Amounts as opening postings, once for each row: `legacy:<table>:<id>`."""

    owner: type[models.Model]
    lookup: str
    kind: AccountKind
    # The account that stands against it, and whether the owner's is debited.
    other: str
    is_debit: bool = False

    def takes(self) -> set[str]:
        return {"id", "owner", "amount"}

    def needs(self) -> tuple[str, ...]:
        return ("owner", "amount")

    def read(self, name: str, text: str | None, words: Mapping[str, Any]) -> Any:
        if name == "amount":
            return read(models.BigIntegerField(name="amount"), text, words)
        return read(
            ID if name == "id" else _named(self.owner._meta.get_field(self.lookup), "owner"), text, words
        )

    def save(self, table: str, batch: Batch, refused: Refused) -> int:
        owner = self.owner._meta.model_name
        accounts = dict(
            ppob.Account.objects.filter(
                kind=self.kind,
                **{f"{owner}__{self.lookup}__in": {values["owner"] for _line, values in batch}},
            ).values_list(f"{owner}__{self.lookup}", "pk")
        )
        other = ppob.Account.objects.values_list("pk", flat=True).get(code=self.other)
        posted = 0
        for line, values in batch:
            try:
                posted += self._post(table, values, accounts.get(values["owner"]), other)
            except (RowRefused, GeraiError) as fault:
                refused(line, str(fault))
        return posted

    def _post(self, table: str, values: Values, account: int | None, other: int) -> bool:
        if account is None:
            raise RowRefused(f"owner: there is none with {values['owner']!r}, or it has no such balance")
        amount = values["amount"]
        if amount < 0:
            raise RowRefused(f"amount: {amount} is below zero; settle it by hand")
        if amount == 0:
            return False
        debit, credit = (account, other) if self.is_debit else (other, account)
        done = ledger.move(
            key=f"legacy:{table}:{values.get('id') or values['owner']}",
            kind=TransferKind.MOVE,
            debit=debit,
            credit=credit,
            amount=amount,
            memo=f"Opening balance from {table}",
        )
        return not done.replayed


@dataclass(frozen=True, kw_only=True)
class StanLoader:
    """Where each line's sequence stands; it goes on from there."""

    def takes(self) -> set[str]:
        return {"id", "connection", "last_stan"}

    def needs(self) -> tuple[str, ...]:
        return ("connection", "last_stan")

    def read(self, name: str, text: str | None, words: Mapping[str, Any]) -> Any:
        own = {"connection": "code", "last_stan": "last_stan"}
        return read(
            _named(ppob.Connection._meta.get_field(own[name]), name) if name in own else ID, text, words
        )

    def save(self, table: str, batch: Batch, refused: Refused) -> int:
        changed = 0
        for line, values in batch:
            lines = ppob.Connection.objects.filter(code=values["connection"])
            if not lines.exists():
                refused(line, f"connection: there is none with {values['connection']!r}")
                continue
            changed += lines.filter(last_stan__lt=values["last_stan"]).update(last_stan=values["last_stan"])
        return changed


def _named(original: Any, name: str) -> models.Field:
    """The other model's field under the name that a reason speaks of."""
    copy: models.Field = original.clone()
    copy.name = name
    return copy


def _uuid(table: str, values: Values) -> uuid.UUID:
    """The same row of the same table is the same object, on whichever day it is read."""
    row = values.get("id")
    if row is None:
        text = repr(sorted((name, str(value)) for name, value in values.items()))
        row = hashlib.sha256(text.encode()).hexdigest()
    return uuid.uuid5(_ROWS, f"{table}:{row}")


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def _why(error: Exception) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None)
    detail = getattr(diagnosis, "message_detail", None)
    return " – ".join(part for part in (constraint, detail) if part) or type(error).__name__


def _complete_agent(values: Values) -> None:
    values.setdefault("registered_at", None)
    values["registered_at"] = values["registered_at"] or timezone.now()
    if number := values.pop("ktp_number", None):
        values["ktp_sealed"] = seal(number)


def _complete_device(values: Values) -> None:
    """The token itself is a key and stays behind; a phone is known by its digest."""
    values["digest"] = hashlib.sha256(values.pop("token").encode()).hexdigest()
    now = timezone.now()
    values["last_seen_at"] = values.get("last_seen_at") or now
    values["first_seen_at"] = values.get("first_seen_at") or values["last_seen_at"]


def _one_owner(values: Values) -> None:
    if (values.get("level") is None) == (values.get("agent") is None):
        raise RowRefused("level, agent: exactly one of them is needed")


def _complete_price(values: Values) -> None:
    _one_owner(values)
    values["from_on"] = values.get("from_on") or LONG_AGO


def _complete_content(values: Values) -> None:
    values["shown_from"] = values.get("shown_from") or LONG_AGO
    if not values.get("title"):
        values["title"] = (values.get("body") or "").strip()[:60]
    if not values["title"]:
        raise RowRefused("title: neither title nor text")


def _complete_product(values: Values) -> None:
    values["price"] = values.get("price") or None  # nothing, or 0, for a bill


def _finish_limits(made: Sequence[Any]) -> None:
    if made:
        apply_limits()


_AGENT = {"agent": (ppob.Agent, "agent_id")}
LOADERS: dict[str, Loader] = {
    "corporate": ModelLoader(
        model=ppob.Corporate, key=("code",), required=("code", "name"),
        fields=("code", "name", "address", "contact", "phone", "email", "is_active"),
    ),
    "agent": ModelLoader(
        model=ppob.Agent, key=("agent_id",), required=("agent_id", "name"),
        fields=(
            "agent_id", "name", "email", "address", "city", "status", "level", "reference_id", "app_id", "verification",
            "registered_at", "last_login_at", "failed_logins", "failed_pins",
        ),
        references={"corporate": (ppob.Corporate, "code")},
        extra={"ktp_number": models.CharField(max_length=16, blank=True, validators=[ktp_validator], name="ktp_number")},
        complete=_complete_agent, finish=equip_agents,
    ),
    "device": ModelLoader(
        model=ppob.AgentDevice, key=("digest",), required=("agent", "token"),
        fields=("model", "app_version", "first_seen_at", "last_seen_at", "blocked_at"), references=_AGENT,
        extra={"token": models.CharField(max_length=4000, name="token")}, complete=_complete_device,
    ),
    "blacklist": ModelLoader(
        model=ppob.Blacklist, key=("value",), required=("value",), fields=("value", "reason", "is_active"),
    ),
    "release": ModelLoader(
        model=ppob.AppRelease, key=("platform", "version"), required=("platform", "version", "released_on"),
        fields=("platform", "version", "released_on", "is_mandatory", "note"),
    ),
    "biller": ModelLoader(
        model=ppob.Biller, key=("code",), required=("code", "name"),
        fields=(
            "code", "name", "settlement", "time_zone", "cut_off_minute", "contact", "contact_phone", "contact_email",
            "low_balance", "is_active",
        ),
        finish=open_biller_accounts,
    ),
    "connection": ModelLoader(
        model=ppob.Connection, key=("code",), required=("code", "biller", "address", "port"),
        fields=("code", "address", "port", "status", "last_echo_at", "timeout_s", "last_stan", "is_active"),
        references={"biller": (ppob.Biller, "code")},
    ),
    "stan": StanLoader(),
    "product": ModelLoader(
        model=ppob.Product, key=("code",), required=("code", "name"),
        fields=("code", "name", "kind", "price", "counter_fee", "agent_share", "points", "is_active"),
        complete=_complete_product,
    ),
    "biller_product": ModelLoader(
        model=ppob.BillerProduct, key=("biller", "product"), required=("biller", "product", "biller_code"),
        fields=("biller_code", "cost", "admin_fee", "commission", "route", "is_available"),
        references={"biller": (ppob.Biller, "code"), "product": (ppob.Product, "code")},
    ),
    "agent_price": ModelLoader(
        model=ppob.AgentPrice, key=("uuid",), required=("product", "price"), fields=("level", "price", "from_on"),
        references={**_AGENT, "product": (ppob.Product, "code")}, complete=_complete_price,
    ),
    "limit": ModelLoader(
        model=ppob.Limit, key=("uuid",), required=("cap",), fields=("level", "kind", "cap"), references=_AGENT,
        complete=_one_owner, finish=_finish_limits,
    ),
    "virtual_account": ModelLoader(
        model=ppob.VirtualAccount, key=("number",), required=("agent", "number"), fields=("bank", "number", "is_active"),
        references=_AGENT,
    ),
    "reward": ModelLoader(
        model=ppob.Reward, key=("code",), required=("code", "name", "points"),
        fields=("code", "name", "points", "stock", "is_active"),
    ),
    "redemption": ModelLoader(
        model=ppob.Redemption, key=("uuid",), required=("agent", "reward", "points"),
        fields=("points", "state", "decided_at"), references={**_AGENT, "reward": (ppob.Reward, "code")},
    ),
    "achievement": ModelLoader(
        model=ppob.Achievement, key=("uuid",), required=("agent", "name", "reached_on"),
        fields=("name", "reached_on", "transactions", "points"), references=_AGENT,
    ),
    "merchant": ModelLoader(
        model=ppob.Merchant, key=("code",), required=("code", "name"),
        fields=("code", "name", "address", "has_qr", "is_active"), references=_AGENT,
    ),
    "content": ModelLoader(
        model=ppob.Content, key=("uuid",), required=(), fields=("kind", "title", "body", "shown_from", "shown_until"),
        complete=_complete_content,
    ),
    "push_message": ModelLoader(
        model=ppob.PushMessage, key=("uuid",), required=("title", "body"), fields=("title", "body", "sent_at"),
        references=_AGENT,
    ),
    "setting": ModelLoader(
        model=ppob.Setting, key=("name",), required=("name",), fields=("name", "value", "note"),
    ),
    "agent_balance": BalanceLoader(owner=ppob.Agent, lookup="agent_id", kind=AccountKind.AGENT, other=BANK),
    "agent_points": BalanceLoader(owner=ppob.Agent, lookup="agent_id", kind=AccountKind.AGENT_POINTS, other=ISSUED),
    "deposit": BalanceLoader(
        owner=ppob.Biller, lookup="code", kind=AccountKind.BILLER_DEPOSIT, other=BANK, is_debit=True
    ),
}  # fmt: skip
