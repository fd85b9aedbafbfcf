"""Local names: people by Faker's Indonesian lists, streets and shops as they are called."""

from random import Random

from faker.providers.person.id_ID import Provider as People

MEN = sorted(set(People.first_names_male))
WOMEN = sorted(set(People.first_names_female))
FAMILIES = sorted(set(People.last_names))

STREETS = (
    "Ahmad Yani", "Sudirman", "Diponegoro", "Gatot Subroto", "Veteran", "Merdeka", "Pahlawan", "Pemuda", "Kartini",
    "Imam Bonjol", "Hasanuddin", "Teuku Umar", "Cut Nyak Dien", "Gajah Mada", "Hayam Wuruk", "Majapahit", "Siliwangi",
    "Brawijaya", "Panjaitan", "S. Parman", "M.T. Haryono", "Yos Sudarso", "R.E. Martadinata", "Ki Hajar Dewantara",
    "K.H. Wahid Hasyim", "H.O.S. Cokroaminoto", "Dr. Sutomo", "W.R. Supratman", "Otto Iskandardinata", "Dewi Sartika",
    "Kenanga", "Melati", "Mawar", "Anggrek", "Cempaka", "Flamboyan", "Teratai", "Dahlia", "Nusa Indah", "Seroja",
    "Rajawali", "Merpati", "Cendrawasih", "Garuda", "Kutilang", "Elang", "Merak", "Nuri", "Camar", "Pipit",
    "Pasar Baru", "Pasar Lama", "Stasiun", "Terminal", "Alun-alun", "Pelabuhan", "Bandara", "Simpang Empat", "Kampus",
    "Rumah Sakit", "Masjid Agung", "Perintis", "Kebon Raya", "Taman Sari", "Sukamaju", "Mekarsari", "Karang Anyar",
    "Sidomulyo", "Sumber Rejeki", "Tanjung Sari", "Bukit Indah", "Griya Asri", "Permata Hijau", "Villa Mas", "Citra Raya",
)  # fmt: skip
COMPANIES = (
    "PT Gerai Makmur Nusantara", "PT Gerai Makmur Nusantara", "PT Gerai Makmur Nusantara", "PT Sinar Warung Sejahtera",
    "PT Niaga Rakyat Abadi", "CV Berkah Bersama (waralaba)", "Koperasi Karya Mandiri (waralaba)",
)  # fmt: skip


def person(random: Random) -> str:
    first = random.choice(WOMEN if random.random() < 0.48 else MEN)
    return f"{first} {random.choice(FAMILIES)}"


def email(name: str, nik: str) -> str:
    """At a domain that is reserved for examples: nothing can ever be sent there."""
    local = ".".join(
        "".join(letter for letter in word.lower() if letter.isalpha()) for word in name.split()[:2]
    )
    return f"{local}.{nik[-4:]}@gerai.example"


def phone(random: Random) -> str:
    return f"08{random.choice((11, 12, 13, 21, 52, 57, 78, 95))}{random.randrange(10_000_000, 99_999_999)}"
