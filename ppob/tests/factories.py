"""Master data of the payment point for tests, each as small as the database allows; money comes by `ledger_factories`."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from organization.choices import Role
from organization.tests.factories import RoleGrantFactory
from ppob.choices import AgentLevel, AgentStatus, ContentKind, LimitKind, ProductKind
from ppob.models import (
    AccountCode,
    Achievement,
    Agent,
    AgentDevice,
    AgentPrice,
    ApiClient,
    AppRelease,
    BankLine,
    Bill,
    Biller,
    BillerDay,
    BillerProduct,
    Blacklist,
    Connection,
    Content,
    Corporate,
    Limit,
    Login,
    Merchant,
    Product,
    PushMessage,
    Redemption,
    ReportedBalance,
    Reward,
    Setting,
    SftpSource,
    TaxRate,
    TopUp,
    VirtualAccount,
)

LONG_AGO = datetime(2024, 3, 1, 2, tzinfo=UTC)


class CorporateFactory(DjangoModelFactory):
    class Meta:
        model = Corporate

    code = factory.Sequence(lambda n: f"CORP{n}")
    name = factory.Sequence(lambda n: f"PT Mitra {n}")


class AgentFactory(DjangoModelFactory):
    """Without accounts; `ledger_factories.make_agent` opens them."""

    class Meta:
        model = Agent

    agent_id = factory.Sequence(lambda n: f"0813{n:08}")
    name = factory.Sequence(lambda n: f"Kios {n}")
    status = AgentStatus.ACTIVE
    registered_at = LONG_AGO


class AgentDeviceFactory(DjangoModelFactory):
    class Meta:
        model = AgentDevice

    agent = factory.SubFactory(AgentFactory)
    digest = factory.Sequence(lambda n: f"{n:064x}")
    model = "Samsung A14"
    first_seen_at = last_seen_at = factory.LazyFunction(timezone.now)


class BlacklistFactory(DjangoModelFactory):
    class Meta:
        model = Blacklist

    value = factory.Sequence(lambda n: f"0899{n:08}")
    reason = "Penipuan"


class AppReleaseFactory(DjangoModelFactory):
    class Meta:
        model = AppRelease

    platform = "android"
    version = factory.Sequence(lambda n: f"1.{n}")
    released_on = date(2026, 1, 1)


class BillerFactory(DjangoModelFactory):
    class Meta:
        model = Biller

    code = factory.Sequence(lambda n: f"BIL{n}")
    name = factory.Sequence(lambda n: f"PT Biller {n}")


class ConnectionFactory(DjangoModelFactory):
    class Meta:
        model = Connection

    biller = factory.SubFactory(BillerFactory)
    code = factory.Sequence(lambda n: f"LINE{n}")
    address = "10.0.0.1"
    port = 9000


class ReportedBalanceFactory(DjangoModelFactory):
    class Meta:
        model = ReportedBalance

    biller = factory.SubFactory(BillerFactory)
    at = factory.LazyFunction(timezone.now)
    amount = 1_000_000
    source = "api"


class BillerDayFactory(DjangoModelFactory):
    class Meta:
        model = BillerDay

    biller = factory.SubFactory(BillerFactory)
    business_on = date(2026, 1, 1)


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = Product

    code = factory.Sequence(lambda n: f"PRD{n}")
    name = factory.Sequence(lambda n: f"Pulsa {n}")
    kind = ProductKind.CREDIT
    price = 26_500


class BillerProductFactory(DjangoModelFactory):
    class Meta:
        model = BillerProduct

    biller = factory.SubFactory(BillerFactory)
    product = factory.SubFactory(ProductFactory)
    biller_code = factory.Sequence(lambda n: f"B{n}")
    route = factory.Sequence(lambda n: n % 30_000 + 1)
    cost = 25_000


class AgentPriceFactory(DjangoModelFactory):
    class Meta:
        model = AgentPrice

    product = factory.SubFactory(ProductFactory)
    level = AgentLevel.BASIC
    price = 26_000
    from_on = date(2026, 1, 1)


class BillFactory(DjangoModelFactory):
    class Meta:
        model = Bill

    biller = factory.SubFactory(BillerFactory)
    product = factory.SubFactory(ProductFactory)
    customer_id = factory.Sequence(lambda n: f"{512_000_000_000 + n}")
    amount = 150_000
    asked_at = holds_until = factory.LazyFunction(timezone.now)


class LimitFactory(DjangoModelFactory):
    class Meta:
        model = Limit

    agent = factory.SubFactory(AgentFactory)
    kind = LimitKind.DAY
    cap = 5_000_000


class VirtualAccountFactory(DjangoModelFactory):
    class Meta:
        model = VirtualAccount

    agent = factory.SubFactory(AgentFactory)
    bank = "BNI"
    number = factory.Sequence(lambda n: f"8810{n:012}")


class BankLineFactory(DjangoModelFactory):
    class Meta:
        model = BankLine

    bank = "BNI"
    booked_on = date(2026, 1, 1)
    amount = 1_000_000
    reference = factory.Sequence(lambda n: f"TRF{n}")


class TopUpFactory(DjangoModelFactory):
    class Meta:
        model = TopUp

    agent = factory.SubFactory(AgentFactory)
    amount = 1_000_000
    reference = factory.Sequence(lambda n: f"TOP{n}")
    asked_at = factory.LazyFunction(timezone.now)


class RewardFactory(DjangoModelFactory):
    class Meta:
        model = Reward

    code = factory.Sequence(lambda n: f"RW{n}")
    name = factory.Sequence(lambda n: f"Hadiah {n}")
    points = 100
    stock = 5


class RedemptionFactory(DjangoModelFactory):
    class Meta:
        model = Redemption

    agent = factory.SubFactory(AgentFactory)
    reward = factory.SubFactory(RewardFactory)
    points = 100


class AchievementFactory(DjangoModelFactory):
    class Meta:
        model = Achievement

    agent = factory.SubFactory(AgentFactory)
    name = "100 transaksi"
    reached_on = date(2026, 1, 1)


class MerchantFactory(DjangoModelFactory):
    class Meta:
        model = Merchant

    code = factory.Sequence(lambda n: f"M{n}")
    name = factory.Sequence(lambda n: f"Warung {n}")


class ContentFactory(DjangoModelFactory):
    class Meta:
        model = Content

    kind = ContentKind.BANNER
    title = factory.Sequence(lambda n: f"Promo {n}")
    shown_from = date(2026, 1, 1)


class PushMessageFactory(DjangoModelFactory):
    class Meta:
        model = PushMessage

    title = "Libur"
    body = "Tutup besok."


class SettingFactory(DjangoModelFactory):
    class Meta:
        model = Setting

    name = factory.Sequence(lambda n: f"setting_{n}")
    value = "1"


class ApiClientFactory(DjangoModelFactory):
    class Meta:
        model = ApiClient

    key_id = factory.Sequence(lambda n: f"ppob_{n}")
    name = factory.Sequence(lambda n: f"Core {n}")
    secret_sealed = b"x"


def make_login(role: Role = Role.PPOB_STAFF, **grant: object) -> Login:
    """A PPOB role that an employee holds nationally since long ago."""
    return Login.objects.get(pk=RoleGrantFactory(role=role, **grant).pk)


class SftpSourceFactory(DjangoModelFactory):
    """Its host key is a real one's form, and nobody's."""

    class Meta:
        model = SftpSource

    biller = factory.SubFactory(BillerFactory)
    host = factory.Sequence(lambda n: f"sftp{n}.biller.example")
    user = "gerai"
    secret = "nobody's password"
    login_by = "password"
    host_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS"


class AccountCodeFactory(DjangoModelFactory):
    class Meta:
        model = AccountCode

    kind = "deposit"
    biller = factory.SubFactory(BillerFactory)
    code = factory.Sequence(lambda n: f"1-14{n:02}")
    name = "Deposit"


class TaxRateFactory(DjangoModelFactory):
    class Meta:
        model = TaxRate

    from_on = factory.Sequence(lambda n: date(2027, 1, 1) + timedelta(days=n))
    ppn, pph = Decimal("12.00"), Decimal("2.00")
