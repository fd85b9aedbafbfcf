"""What is audited of the payment point's master data, agents and logins."""

from pathlib import Path

from django.conf import settings
from django.utils import timezone

from core.sealed import seal
from organization.choices import Role
from organization.tests.factories import (
    EmployeeFactory,
)
from ppob import services as ppob
from ppob.legacy.dumps import open_dump
from ppob.legacy.importer import import_dump
from ppob.legacy.mapping import read_mapping
from ppob.models import (
    Agent,
    AgentDevice,
    ApiClient,
    Connection,
    Product,
)
from ppob.tests.factories import (
    AgentDeviceFactory,
    AgentFactory,
    ApiClientFactory,
    BillerFactory,
    ConnectionFactory,
    ProductFactory,
    make_login,
)
from tests.audit.acts import Doors, Services, Writers, ppob_boss


def switch_off():
    product = ProductFactory()
    return lambda: ppob.deactivate(thing=product, actor=None)


def switch_on():
    product = ProductFactory(is_active=False)
    return lambda: ppob.activate(thing=product, actor=None)


def activate_agent():
    agent = AgentFactory(status="blocked", failed_pins=3)
    return lambda: ppob.activate_agent(agent=agent, actor=None)


def block_agent():
    agent = AgentFactory()
    return lambda: ppob.block_agent(agent=agent, actor=None)


def block_device():
    device = AgentDeviceFactory()
    return lambda: ppob.block_device(device=device, actor=None)


def unblock_device():
    device = AgentDeviceFactory(blocked_at=timezone.now())
    return lambda: ppob.unblock_device(device=device, actor=None)


def show_ktp():
    agent, actor = AgentFactory(ktp_sealed=seal("3273010101900001")), ppob_boss()
    return lambda: ppob.show_ktp(agent=agent, actor=actor)


def make_api_client():
    return lambda: ppob.make_api_client(name="Core", actor=None)


def renew_secret():
    client = ApiClientFactory()
    return lambda: ppob.renew_secret(client=client, actor=None)


def add_agent():
    return lambda: ppob.add_agent(agent=AgentFactory.build(), actor=None)


def change_agent():
    agent = AgentFactory()
    return lambda: ppob.change_agent(agent=agent, new={"level": 3}, actor=None)


def close_agent():
    agent = AgentFactory()
    return lambda: ppob.close_agent(agent=agent, actor=None)


def add_product():
    return lambda: ppob.add_product(product=ProductFactory.build(), actor=None)


def change_product():
    product = ProductFactory()
    return lambda: ppob.change_product(product=product, new={"price": 99_000}, actor=None)


def withdraw_product():
    product = ProductFactory()
    return lambda: ppob.withdraw_product(product=product, actor=None)


def add_connection():
    biller = BillerFactory()
    return lambda: ppob.add_connection(connection=ConnectionFactory.build(biller=biller), actor=None)


def change_connection():
    line = ConnectionFactory()
    return lambda: ppob.change_connection(connection=line, new={"port": 9}, actor=None)


def switch_off_connection():
    line = ConnectionFactory()
    return lambda: ppob.switch_off_connection(connection=line, actor=None)


def add_login():
    person, actor = EmployeeFactory(), ppob_boss()
    return lambda: ppob.add_login(
        employee=person, role=Role.ACCOUNTANT, from_on=timezone.localdate(), actor=actor
    )


def change_login():
    login, actor = make_login(), ppob_boss()
    return lambda: ppob.change_login(login=login, role=Role.ACCOUNTANT, until_on=None, actor=actor)


def end_login():
    login, actor = make_login(), ppob_boss()
    return lambda: ppob.end_login(login=login, actor=actor)


def take_over_a_table():
    file = Path(settings.MEDIA_ROOT) / "am_corp.csv"
    file.write_text("corp_id,corp_name\nC1,PT Satu\n")
    return lambda: import_dump(open_dump(file), read_mapping())


SERVICES: Services = {
    "ppob.services.activate": [switch_on],
    "ppob.services.deactivate": [switch_off],
    "ppob.services.activate_agent": [activate_agent],
    "ppob.services.block_agent": [block_agent],
    "ppob.services.block_device": [block_device],
    "ppob.services.unblock_device": [unblock_device],
    "ppob.services.show_ktp": [show_ktp],
    "ppob.services.make_api_client": [make_api_client],
    "ppob.services.renew_secret": [renew_secret],
    "ppob.services.add_agent": [add_agent],
    "ppob.services.change_agent": [change_agent],
    "ppob.services.close_agent": [close_agent],
    "ppob.services.add_product": [add_product],
    "ppob.services.change_product": [change_product],
    "ppob.services.withdraw_product": [withdraw_product],
    "ppob.services.add_connection": [add_connection],
    "ppob.services.change_connection": [change_connection],
    "ppob.services.switch_off_connection": [switch_off_connection],
    "ppob.services.add_login": [add_login],
    "ppob.services.change_login": [change_login],
    "ppob.services.end_login": [end_login],
}

DOORS: Doors = (take_over_a_table,)

WRITERS: Writers = {
    "ppob.legacy.loaders.ModelLoader.save": ("take_over_a_table",),
    "ppob.services.switching._switch": ("ppob.services.activate", "ppob.services.deactivate"),
    "ppob.services.agent_status._become": ("ppob.services.activate_agent", "ppob.services.block_agent"),
    "ppob.services.devices.block_device": ("ppob.services.block_device",),
    "ppob.services.devices.unblock_device": ("ppob.services.unblock_device",),
    "ppob.services.ktp.show_ktp": ("ppob.services.show_ktp",),
    "ppob.services.api_clients.make_api_client": ("ppob.services.make_api_client",),
    "ppob.services.api_clients.renew_secret": ("ppob.services.renew_secret",),
    "ppob.services.master.add": (
        "ppob.services.add_agent",
        "ppob.services.add_connection",
        "ppob.services.add_product",
    ),
    "ppob.services.master.change": (
        "ppob.services.change_agent",
        "ppob.services.change_connection",
        "ppob.services.change_product",
        "ppob.services.close_agent",
        "ppob.services.switch_off_connection",
        "ppob.services.withdraw_product",
    ),
}

# What changes nothing that an auditor asks about.
NOT_SENSITIVE = {
    "ppob.services.equip_agents": "empty accounts and caps that follow from what was recorded",
}

# What must be as it was when an act is refused.
ROWS = (Agent, Connection, Product, AgentDevice, ApiClient)
