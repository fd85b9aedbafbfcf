"""Three thousand counters all over the country: who they are, how they stand, and with which phone they sell."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from organization.demo.names import STREETS, email, person
from organization.demo.towns import towns
from ppob.choices import AgentLevel, AgentStatus, Verification
from ppob.models import Agent, AgentDevice, Corporate, VirtualAccount

AGENTS = 3_000
CORPORATES = (
    ("KSPM", "Koperasi Serba Usaha Maju Bersama"),
    ("WRTG", "PT Warung Tetangga Indonesia"),
    ("MTRS", "PT Mitra Selaras Retail"),
    ("PRMK", "PT Prima Konter Nusantara"),
    ("BMDS", "BUMDes Sumber Makmur"),
    ("SNRJ", "CV Sinar Jaya Seluler"),
    ("KOPG", "Koperasi Guru Harapan"),
    ("DLTA", "PT Delta Agen Digital"),
)
SHOPS = ("Kios", "Konter", "Toko", "Warung", "Agen", "Loket")
SHOP_NAMES = (
    "Berkah", "Barokah", "Sumber Rejeki", "Maju Jaya", "Sinar Pagi", "Rizki", "Amanah", "Mandiri", "Makmur", "Lestari",
    "Bintang", "Cahaya", "Mulia", "Sentosa", "Karya", "Harapan", "Setia", "Abadi", "Anugerah", "Sahabat", "Melati", "Mawar",
)  # fmt: skip
PREFIXES = ("0811", "0812", "0813", "0821", "0822", "0852", "0857", "0858", "0877", "0878", "0895", "0896")
PHONES = (
    "Redmi 12", "Redmi Note 13", "Samsung Galaxy A05", "Samsung Galaxy A15", "Oppo A18", "Oppo A58", "Vivo Y17s", "Vivo Y27",
    "Infinix Hot 40", "Realme C53",
)  # fmt: skip
VERSIONS = ("3.8.2", "3.9.0", "4.0.1", "4.0.1", "4.1.0", "4.1.0", "4.1.0")


def build_corporates(random: Random) -> list[Corporate]:
    made = []
    for number, (code, name) in enumerate(CORPORATES):
        contact = person(random)
        made.append(
            Corporate(
                code=code,
                name=name,
                contact=contact,
                phone=f"021-7{number}40-22{number}0",
                email=email(contact, f"{7000 + number}"),
                address=f"Jl. {random.choice(STREETS)} No. {random.randrange(1, 200)}",
                is_active=code != "KOPG",
            )
        )
    return made


def build_agents(corporates: list[Corporate], random: Random, now: datetime) -> list[Agent]:
    """Mostly active and verified; the newest are still registered, and a few are blocked or closed."""
    numbers: dict[str, None] = {}
    while len(numbers) < AGENTS:
        length = random.choice((7, 8, 8, 8))
        numbers[f"{random.choice(PREFIXES)}{random.randrange(10 ** (length - 1), 10**length)}"] = None
    places = towns()
    chosen = random.choices(places, [place.population for place in places], k=AGENTS)
    return [
        _agent(number, agent_id, place.name, corporates, random, now)
        for number, (agent_id, place) in enumerate(zip(numbers, chosen, strict=True))
    ]


def _agent(
    number: int, agent_id: str, city: str, corporates: list[Corporate], random: Random, now: datetime
) -> Agent:
    registered = now - timedelta(seconds=random.randrange(3600, 5 * 365 * 86400))
    status = random.choices(list(AgentStatus), (6, 87, 3, 4))[0]
    verification = random.choices(list(Verification), (11, 8, 79, 2))[0]
    if status == AgentStatus.REGISTERED:
        registered = now - timedelta(seconds=random.randrange(3600, 45 * 86400))
        verification = random.choice((Verification.NONE, Verification.SUBMITTED))
    active = status == AgentStatus.ACTIVE
    seen = now - timedelta(seconds=int(random.paretovariate(0.9) * 1800) % (70 * 86400)) if active else None
    owner = person(random)
    name = owner if random.random() < 0.4 else f"{random.choice(SHOPS)} {random.choice(SHOP_NAMES)}"
    if name != owner and random.random() < 0.3:
        name += " Cell"
    return Agent(
        agent_id=agent_id,
        name=name,
        email=email(owner, agent_id) if random.random() < 0.35 else "",
        address=f"Jl. {random.choice(STREETS)} No. {random.randrange(1, 240)}",
        city=city,
        status=status,
        level=random.choices(list(AgentLevel), (70, 22, 8))[0] if active else AgentLevel.BASIC,
        reference_id=f"REF{number:05}" if random.random() < 0.3 else "",
        app_id=hashlib.sha256(agent_id.encode()).hexdigest()[:16] if active else "",
        verification=verification,
        corporate=random.choice(corporates) if random.random() < 0.16 else None,
        registered_at=registered,
        last_login_at=max(seen, registered) if seen else None,
        failed_logins=random.choices((0, 1, 2), (90, 8, 2))[0],
        failed_pins=3 if status == AgentStatus.BLOCKED else random.choices((0, 1), (95, 5))[0],
    )


def build_devices(agents: list[Agent], random: Random) -> Iterator[AgentDevice]:
    """A phone for each who sells; some had another before, which is blocked."""
    for agent in agents:
        if agent.last_login_at is None:
            continue
        for number in range(2 if random.random() < 0.12 else 1):
            lost = number == 1
            first = agent.registered_at if lost or random.random() < 0.7 else agent.last_login_at
            last = agent.last_login_at if not lost else agent.registered_at + timedelta(days=20)
            yield AgentDevice(
                agent=agent,
                digest=hashlib.sha256(f"{agent.agent_id}/{number}".encode()).hexdigest(),
                model=random.choice(PHONES),
                app_version=random.choice(VERSIONS),
                first_seen_at=first,
                last_seen_at=max(first, min(last, agent.last_login_at)),
                blocked_at=agent.last_login_at if lost else None,
            )


def build_virtual_accounts(agents: list[Agent]) -> Iterator[VirtualAccount]:
    for agent in agents:
        if agent.status in (AgentStatus.ACTIVE, AgentStatus.BLOCKED):
            yield VirtualAccount(agent=agent, bank="BNI", number=f"8808{agent.agent_id[1:]}")
