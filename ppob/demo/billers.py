"""Six invented billers, one for each form of settlement file, and the lines to them."""

from datetime import datetime, time, timedelta
from random import Random

from ppob.choices import ConnectionStatus, Settlement
from ppob.models import Biller, Connection, SettlementProfile
from ppob.simulation.forms import PROFILES

# FINNET's days are left empty for trials: a comma CSV, cut-off 24:00 WIB. The others' files: text with "|" and a trailer,
# fixed width, XLSX, zipped Latin-1 with a 12:00 cut-off, and bills of three lines that are settled by transfer.
BILLERS = (
    ("FINNET", "Finnet", Settlement.PREFUNDED, 0, 150_000_000, "Sari Wulandari"),
    ("NUSAPAY", "Nusa Pembayaran Digital", Settlement.PREFUNDED, 0, 200_000_000, "Robby Kurniawan"),
    ("ARTHASW", "Artha Switching Raya", Settlement.PREFUNDED, 0, 120_000_000, "Theresia Wibowo"),
    ("MULTIPLS", "Multi Pulsa Sejahtera", Settlement.PREFUNDED, 0, 80_000_000, "Ahmad Fauzan"),
    ("TIRTA", "Tirta Tagihan Nusantara", Settlement.PREFUNDED, 720, 60_000_000, "Ni Luh Ayu"),
    ("LISTRA", "Listra Setor Daya", Settlement.TRANSFER, 0, 0, "Hotman Siregar"),
)
# Two lines each: the one that is used and the one that stands by.
PORTS = {"FINNET": 9001, "NUSAPAY": 7001, "ARTHASW": 8583, "MULTIPLS": 8443, "TIRTA": 7443, "LISTRA": 6800}


def build_billers() -> list[Biller]:
    quiet = {"LISTRA": (time(23), time(1))}
    return [
        Biller(
            code=code,
            name=name,
            settlement=settlement,
            cut_off_minute=cut_off,
            low_balance=low,
            quiet_from=quiet.get(code, (None, None))[0],
            quiet_until=quiet.get(code, (None, None))[1],
            contact=f"{contact}, rekonsiliasi",
            contact_phone=f"021-5{number}00-{1100 + number}",
            contact_email=f"rekon@{code.lower()}.example",
        )
        for number, (code, name, settlement, cut_off, low, contact) in enumerate(BILLERS, start=1)
    ]


def build_profiles(billers: list[Biller]) -> list[SettlementProfile]:
    """How each biller's file is read, and what it calls a holiday: on Sundays LISTRA settles nothing."""
    return [
        SettlementProfile(
            biller=biller,
            **PROFILES[biller.code],
            **({"closed_weekdays": [6], "due_at": time(12)} if biller.code == "LISTRA" else {}),
        )
        for biller in billers
    ]


def build_connections(billers: list[Biller], random: Random, now: datetime) -> list[Connection]:
    """One of the lines that stand by is down, and another is switched off."""
    lines = []
    for number, biller in enumerate(billers, start=1):
        for place, suffix in enumerate("AB"):
            status = ConnectionStatus.UP
            if (biller.code, suffix) == ("ARTHASW", "B"):
                status = ConnectionStatus.DOWN
            is_active = (biller.code, suffix) != ("TIRTA", "B")
            silent = timedelta(seconds=random.randrange(5, 55))
            if status == ConnectionStatus.DOWN:
                silent = timedelta(minutes=47)
            lines.append(
                Connection(
                    biller=biller,
                    code=f"{biller.code}-{suffix}",
                    address=f"10.{40 + place}.{number}.10",
                    port=PORTS[biller.code] + place,
                    status=status if is_active else ConnectionStatus.OFF,
                    last_echo_at=now - silent if is_active else now - timedelta(days=31),
                    timeout_s=30 if biller.is_prefunded else 60,
                    last_stan=random.randrange(1000, 900_000),
                    is_active=is_active,
                )
            )
    return lines
