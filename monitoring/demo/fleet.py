"""The simulated machines: what stands on two Hyper-V hosts of the head office, and whose it is."""

from dataclasses import dataclass

from monitoring.choices import MachineKind, OperatingSystem

WEB, DATABASE, APPLICATION = MachineKind.WEB, MachineKind.DATABASE, MachineKind.APPLICATION
LINUX, WINDOWS = OperatingSystem.LINUX, OperatingSystem.WINDOWS
INFRASTRUCTURE = "ITI"
HYPERVISORS = ("HV-JKT-01", "HV-JKT-02")


@dataclass(frozen=True)
class Server:
    """`division` is the code of who it works for."""

    name: str
    kind: MachineKind
    system: OperatingSystem
    purpose: str
    division: str
    note: str = ""

    @property
    def divisions(self) -> set[str]:
        """Databases are looked after by IT Infrastruktur as well, whoever they work for."""
        return {self.division, INFRASTRUCTURE} if self.kind == DATABASE else {self.division}


FLEET = (
    Server("WEB-JKT-01", WEB, LINUX, "Situs belanja, simpul 1", "ITD"),
    Server("WEB-JKT-02", WEB, LINUX, "Situs belanja, simpul 2", "ITD"),
    Server("WEB-JKT-03", WEB, LINUX, "Situs belanja, simpul 3", "ITD"),
    Server("WEB-PROMO-01", WEB, LINUX, "Halaman promo dan katalog", "MDS", "Ramai pada malam hari dan tanggal muda."),
    Server("WEB-CABANG-01", WEB, LINUX, "Portal cabang, WIB", "OPS"),
    Server("WEB-CABANG-02", WEB, LINUX, "Portal cabang, WITA", "OPS"),
    Server("WEB-CABANG-03", WEB, LINUX, "Portal cabang, WIT", "OPS", "Jalur ke Jayapura sering terputus."),
    Server("WEB-INTRANET-01", WEB, WINDOWS, "Intranet kantor pusat (IIS)", "HRD"),
    Server("WEB-PEMASOK-01", WEB, WINDOWS, "Portal pemasok (IIS)", "MDS"),
    Server("DB-POS-01", DATABASE, LINUX, "Basis data kasir, utama", "ITD"),
    Server("DB-POS-02", DATABASE, LINUX, "Basis data kasir, replika", "ITD"),
    Server("DB-PPOB-01", DATABASE, LINUX, "Basis data PPOB, utama", "DIG"),
    Server("DB-PPOB-02", DATABASE, LINUX, "Basis data PPOB, replika", "DIG"),
    Server("DB-MEMBER-01", DATABASE, LINUX, "Basis data pelanggan", "MDS"),
    Server("DB-GUDANG-01", DATABASE, WINDOWS, "Basis data gudang (SQL Server)", "LOG"),
    Server("DB-AKUNTANSI-01", DATABASE, WINDOWS, "Basis data akuntansi (SQL Server)", "FIN"),
    Server("DB-HRIS-01", DATABASE, WINDOWS, "Basis data kepegawaian (SQL Server)", "HRD"),
    Server("DB-ARSIP-01", DATABASE, LINUX, "Arsip transaksi lima tahun", "AUD", "Perluasan disk sudah diajukan."),
    Server("APP-PPOB-01", APPLICATION, LINUX, "Gerbang PPOB, simpul 1", "DIG"),
    Server("APP-PPOB-02", APPLICATION, LINUX, "Gerbang PPOB, simpul 2", "DIG"),
    Server("APP-MEMBER-01", APPLICATION, LINUX, "Layanan pelanggan dan poin, simpul 1", "MDS"),
    Server("APP-MEMBER-02", APPLICATION, LINUX, "Layanan pelanggan dan poin, simpul 2", "MDS", "Versi baru sejak bulan lalu."),
    Server("APP-GUDANG-01", APPLICATION, WINDOWS, "Aplikasi gudang dan armada", "LOG"),
    Server("APP-AKUNTANSI-01", APPLICATION, WINDOWS, "Aplikasi akuntansi", "FIN"),
    Server("APP-HRIS-01", APPLICATION, WINDOWS, "Aplikasi kepegawaian dan absensi", "HRD"),
    Server("APP-LAPORAN-01", APPLICATION, WINDOWS, "Laporan harian dan bulanan", "FIN"),
    Server("APP-HELPDESK-01", APPLICATION, LINUX, "Aplikasi helpdesk toko", "ITS"),
    Server("APP-BERKAS-01", APPLICATION, WINDOWS, "Berkas bersama kantor pusat", "ITI"),
    Server("APP-SURAT-01", APPLICATION, LINUX, "Surat elektronik", "ITI"),
    Server("APP-CADANGAN-01", APPLICATION, LINUX, "Cadangan malam semua server", "ITI"),
)  # fmt: skip
