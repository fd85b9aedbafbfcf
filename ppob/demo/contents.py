"""What the agents' app shows and obeys: rewards, banners, releases, settings, limits and numbers that are shut out."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from ppob.choices import AgentLevel, ContentKind, LimitKind
from ppob.models import (
    Agent,
    AppRelease,
    Blacklist,
    Content,
    Limit,
    Merchant,
    Reward,
    Setting,
)

CAPS = {
    AgentLevel.BASIC: (1_000_000, 5_000_000, 75_000_000),
    AgentLevel.SILVER: (2_000_000, 15_000_000, 250_000_000),
    AgentLevel.GOLD: (5_000_000, 50_000_000, 1_000_000_000),
}
REWARDS = (
    ("MUG", "Mug Gerai", 100, 120),
    ("KAOS", "Kaos agen", 190, 85),
    ("PULSA25", "Pulsa 25.000", 220, 500),
    ("PAYUNG", "Payung besar", 250, 60),
    ("PRINTER", "Printer struk Bluetooth", 2_500, 14),
    ("HP", "Ponsel Android", 42_000, 3),
    ("MOTOR", "Undian sepeda motor", 15_000, 1),
    ("TENDA", "Tenda konter 2 × 2 m", 12_000, 0),
)
BLACKLIST = (
    ("081399990001", "Penipuan berulang, laporan agen"),
    ("085700012345", "Nomor pelanggan salah, dana ditarik dua kali"),
    ("53871209911", "ID pelanggan PLN ditolak pemilik rumah"),
    ("089512340000", "Akun agen palsu"),
    ("082100000000", "Nomor uji, bukan pelanggan"),
)
RELEASES = (
    ("Android", "3.8.2", 420, False, "Cetak struk lewat Bluetooth."),
    ("Android", "3.9.0", 240, True, "Perbaikan keamanan."),
    ("Android", "4.0.1", 120, False, "Tampilan baru, riwayat lebih cepat."),
    ("Android", "4.1.0", 24, False, "Token PLN bisa dicari dengan nomor meter."),
    ("iOS", "4.0.1", 118, False, "Tampilan baru."),
    ("iOS", "4.1.0", 20, False, "Token PLN bisa dicari dengan nomor meter."),
)
BANNERS = (
    ("Promo Pulsa Akhir Pekan", "Poin dua kali lipat untuk semua pulsa, Sabtu dan Minggu."),
    ("Verifikasi KTP Sekarang", "Agen terverifikasi punya batas penjualan lebih tinggi."),
    ("Isi Saldo Lewat BNI", "Saldo masuk dalam hitungan detik lewat virtual account."),
)
VERSES = (
    ("Rezeki", "Bekerjalah dengan jujur, rezeki akan mengikuti."),
    ("Sabar", "Kesabaran hari ini adalah senyum pelanggan esok."),
    ("Syukur", "Sedikit yang disyukuri terasa cukup."),
)
SETTINGS = (
    ("app.support_phone", "1500-388", "Nomor layanan agen"),
    ("app.min_topup", "50000", "Isi saldo terkecil, Rupiah"),
    ("app.cut_off_note", "Transaksi PLN tutup 23.00–01.00 WIB", "Pesan di halaman PLN"),
    ("app.points_expire_months", "12", "Masa berlaku poin"),
)


def build_limits(agents: list[Agent]) -> Iterator[Limit]:
    """By level, and a few agents' own."""
    for level, caps in CAPS.items():
        for kind, cap in zip(LimitKind, caps, strict=True):
            yield Limit(level=level, kind=kind, cap=cap)
    for agent in [agent for agent in agents if agent.level == AgentLevel.GOLD][:6]:
        yield Limit(agent=agent, kind=LimitKind.DAY, cap=100_000_000)


def build_merchants(agents: list[Agent], random: Random) -> Iterator[Merchant]:
    shops = [agent for agent in agents if agent.name.startswith(("Warung", "Toko"))]
    for number, agent in enumerate(random.sample(shops, 15), start=1):
        yield Merchant(
            code=f"QR{number:04}", name=agent.name, agent=agent, address=agent.address, has_qr=number % 4 > 0
        )


def build_rewards() -> list[Reward]:
    return [
        Reward(code=code, name=name, points=points, stock=stock, is_active=stock > 0)
        for code, name, points, stock in REWARDS
    ]


def build_blacklist() -> list[Blacklist]:
    return [Blacklist(value=value, reason=reason) for value, reason in BLACKLIST]


def build_releases(today: date) -> list[AppRelease]:
    return [
        AppRelease(
            platform=platform,
            version=version,
            released_on=today - timedelta(days=days),
            is_mandatory=must,
            note=note,
        )
        for platform, version, days, must, note in RELEASES
    ]


def build_contents(today: date) -> list[Content]:
    since = today - timedelta(days=12)
    banners = [
        Content(kind=ContentKind.BANNER, title=title, body=body, shown_from=since, shown_until=today + timedelta(days=30))
        for title, body in BANNERS
    ]  # fmt: skip
    verses = [
        Content(kind=ContentKind.VERSE, title=title, body=body, shown_from=since) for title, body in VERSES
    ]
    return banners + verses


def build_settings() -> list[Setting]:
    return [Setting(name=name, value=value, note=note) for name, value, note in SETTINGS]
