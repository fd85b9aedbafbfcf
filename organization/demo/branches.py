"""Head office and the distribution centres: real cities of 25 provinces in all three time zones."""

from dataclasses import dataclass

from organization.choices import BranchKind, TimeZone

WIB, WITA, WIT = TimeZone.WIB, TimeZone.WITA, TimeZone.WIT


@dataclass(frozen=True)
class Place:
    """`weight` is the branch's share of the chain's stores; head office has none."""

    code: str
    city: str
    province: str
    time_zone: TimeZone
    latitude: float
    longitude: float
    weight: int
    address: str
    kind: BranchKind = BranchKind.DISTRIBUTION_CENTRE

    @property
    def name(self) -> str:
        return "Kantor Pusat" if self.kind == BranchKind.HEAD_OFFICE else f"DC {self.city}"


HEAD_OFFICE = Place(
    "HO", "Jakarta Selatan", "DKI Jakarta", WIB, -6.2425, 106.8317, 0, "Jl. Gatot Subroto Kav. 18",
    BranchKind.HEAD_OFFICE,
)  # fmt: skip

CENTRES = (
    Place("JKT", "Jakarta", "DKI Jakarta", WIB, -6.1868, 106.9360, 82, "Jl. Raya Cakung Cilincing No. 8"),
    Place("TGR", "Tangerang", "Banten", WIB, -6.1781, 106.6300, 70, "Jl. Daan Mogot Km 21"),
    Place("BKS", "Bekasi", "Jawa Barat", WIB, -6.2349, 106.9896, 68, "Jl. Raya Narogong Km 9"),
    Place("BGR", "Bogor", "Jawa Barat", WIB, -6.5950, 106.8166, 62, "Jl. Raya Kedung Halang No. 27"),
    Place("BDG", "Bandung", "Jawa Barat", WIB, -6.9222, 107.6069, 66, "Jl. Soekarno Hatta No. 590"),
    Place("CRB", "Cirebon", "Jawa Barat", WIB, -6.7063, 108.5570, 36, "Jl. Raya Kanci Km 12"),
    Place("SMG", "Semarang", "Jawa Tengah", WIB, -6.9932, 110.4203, 50, "Jl. Raya Kaligawe Km 5"),
    Place("SLO", "Surakarta", "Jawa Tengah", WIB, -7.5561, 110.8316, 40, "Jl. Raya Solo–Sragen Km 7"),
    Place("PWT", "Purwokerto", "Jawa Tengah", WIB, -7.4214, 109.2344, 34, "Jl. Gerilya Timur No. 41"),
    Place("YOG", "Yogyakarta", "DI Yogyakarta", WIB, -7.8014, 110.3647, 36, "Jl. Ring Road Selatan No. 12"),
    Place("SBY", "Surabaya", "Jawa Timur", WIB, -7.2492, 112.7508, 62, "Jl. Rungkut Industri Raya No. 10"),
    Place("MLG", "Malang", "Jawa Timur", WIB, -7.9797, 112.6304, 44, "Jl. Raya Karanglo No. 69"),
    Place("JBR", "Jember", "Jawa Timur", WIB, -8.1660, 113.7032, 32, "Jl. Hayam Wuruk No. 155"),
    Place("DPS", "Denpasar", "Bali", WITA, -8.6500, 115.2167, 44, "Jl. Cargo Permai No. 88"),
    Place("MTR", "Mataram", "Nusa Tenggara Barat", WITA, -8.5833, 116.1167, 26, "Jl. TGH Faisal No. 30"),
    Place("KPG", "Kupang", "Nusa Tenggara Timur", WITA, -10.1718, 123.6075, 12, "Jl. Timor Raya Km 8"),
    Place("MDN", "Medan", "Sumatera Utara", WIB, 3.5833, 98.6667, 54, "Jl. Pulau Nias No. 4, KIM II"),
    Place("PKU", "Pekanbaru", "Riau", WIB, 0.5167, 101.4417, 34, "Jl. Soekarno Hatta No. 214"),
    Place("BTM", "Batam", "Kepulauan Riau", WIB, 1.1490, 104.0249, 20, "Jl. Brigjen Katamso Km 3"),
    Place("PDG", "Padang", "Sumatera Barat", WIB, -0.9492, 100.3543, 26, "Jl. By Pass Km 14"),
    Place("JMB", "Jambi", "Jambi", WIB, -1.6000, 103.6167, 22, "Jl. Lingkar Barat No. 17"),
    Place("PLG", "Palembang", "Sumatera Selatan", WIB, -2.9167, 104.7458, 36, "Jl. Mayjen Yusuf Singedekane 5"),
    Place("BKL", "Bengkulu", "Bengkulu", WIB, -3.8004, 102.2655, 14, "Jl. Raya Air Sebakul No. 9"),
    Place("TKG", "Bandar Lampung", "Lampung", WIB, -5.4292, 105.2611, 40, "Jl. Soekarno Hatta No. 101"),
    Place("PGK", "Pangkalpinang", "Kepulauan Bangka Belitung", WIB, -2.1316, 106.1169, 12, "Jl. Ketapang 22"),
    Place("PTK", "Pontianak", "Kalimantan Barat", WIB, -0.0311, 109.3257, 20, "Jl. Adi Sucipto Km 9"),
    Place("BJM", "Banjarmasin", "Kalimantan Selatan", WITA, -3.3244, 114.5910, 28, "Jl. A. Yani Km 17"),
    Place("SMD", "Samarinda", "Kalimantan Timur", WITA, -0.4917, 117.1458, 24, "Jl. Ir. Sutami No. 3"),
    Place("MKS", "Makassar", "Sulawesi Selatan", WITA, -5.1477, 119.4327, 42, "Jl. Kima Raya I No. 6"),
    Place("MND", "Manado", "Sulawesi Utara", WITA, 1.4822, 124.8489, 20, "Jl. A.A. Maramis No. 51"),
    Place("AMB", "Ambon", "Maluku", WIT, -3.6958, 128.1814, 6, "Jl. Laksdya Leo Wattimena No. 2"),
    Place("DJJ", "Jayapura", "Papua", WIT, -2.5333, 140.7167, 6, "Jl. Raya Abepura–Sentani No. 15"),
)  # fmt: skip

# This centre took its stores over from its neighbour on one day, some months ago.
TAKEN_OVER_BY, TAKEN_OVER_FROM, TAKEN_OVER_STORES = "BGR", "BKS", 500
