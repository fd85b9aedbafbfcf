"""What the stores' computers run: applications, and the versions of the last months."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Built:
    """A version: days ago it was released, days ago it became stable (None: never), and what it brings."""

    number: str
    released: int
    stable: int | None
    notes: str


@dataclass(frozen=True)
class Program:
    """`division` is the code of who makes it; `at` is the kind of computer that runs it."""

    code: str
    name: str
    division: str
    at: str
    description: str
    versions: tuple[Built, ...]


APPLICATIONS = (
    Program("KASIR", "Kasir Toko", "ITD", "till", "Penjualan, retur, dan tutup harian di kasir.", (
        Built("2.0.4", 240, 230, "Perbaikan pembulatan."),
        Built("2.0.5", 110, 100, "Struk lebih ringkas."),
        Built("2.1.0-beta.1", 45, None, "Uji coba promo bertingkat."),
        Built("2.1.0", 24, None, "Promo bertingkat dan cetak struk digital."),
    )),
    Program("STOK", "Stok & Penerimaan", "ITD", "server", "Penerimaan barang, stok opname, dan retur ke DC.", (
        Built("5.3.1", 300, 290, "Stok opname per rak."),
        Built("5.4.0", 75, 30, "Penerimaan dengan pemindai."),
        Built("5.5.0", 12, None, "Retur tanpa kertas."),
    )),
    Program("ABSEN", "Absensi Toko", "ITD", "till", "Absensi karyawan toko dengan sidik jari.", (
        Built("1.8.2", 400, 380, "Jadwal kerja mingguan."),
        Built("1.9.0", 18, None, "Absensi dengan wajah."),
    )),
    Program("KONTER", "Konter PPOB", "DIG", "till", "Pembayaran tagihan dan pulsa di kasir.", (
        Built("3.2.0", 200, 190, "Token listrik langsung cetak."),
        Built("3.2.1", 60, 50, "Perbaikan batas waktu."),
    )),
)  # fmt: skip

FEEDBACK = (
    (5, "Promo bertingkat sangat membantu, antrean lebih cepat."),
    (5, "Struk digital disukai pelanggan muda."),
    (4, "Lancar. Hanya ganti kertas struk yang masih membingungkan."),
    (4, "Lebih cepat daripada versi lama, tampilan juga lebih jelas."),
    (3, "Biasa saja, tombol retur sekarang pindah tempat."),
    (3, "Kadang lambat setelah jam 6 sore."),
    (2, "Sering berhenti saat cetak struk, harus dibuka ulang."),
    (2, "Laci uang tidak terbuka setelah pembayaran QRIS."),
    (1, "Kasir 2 macet tiga kali hari ini, antrean panjang."),
    (1, "Tutup harian gagal, selisih tidak bisa disimpan."),
)
