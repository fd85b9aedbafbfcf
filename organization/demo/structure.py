"""Divisions and departments of head office."""

from organization.models import Department, Division

# (code, name, is IT, departments)
DIVISIONS = (
    ("ITI", "IT Infrastruktur", True, (("INFRA", "Server & Jaringan"), ("DBA", "Basis Data"), ("SEC", "Keamanan TI"))),
    ("ITD", "IT Development", True, (("POS", "Aplikasi Kasir"), ("WEB", "Aplikasi Web"), ("MOB", "Aplikasi Mobile"))),
    ("ITS", "IT Store Support", True, (("SVS", "Store Visit"), ("HLP", "Helpdesk Toko"))),
    ("DIG", "Layanan Digital", False, (("PPOB", "PPOB"), ("EMON", "Uang Elektronik"))),
    ("FIN", "Keuangan & Akuntansi", False, (("AKT", "Akuntansi"), ("TRS", "Perbendaharaan"), ("PJK", "Pajak"))),
    ("OPS", "Operasional Toko", False, (("OPT", "Operasi Toko"), ("STD", "Standar Layanan"))),
    ("MDS", "Merchandising", False, (("PLN", "Planogram"), ("PRC", "Harga & Promosi"))),
    ("LOG", "Distribusi & Logistik", False, (("GDG", "Gudang"), ("ARM", "Armada"))),
    ("HRD", "SDM & Umum", False, (("REK", "Rekrutmen"), ("GA", "Umum"))),
    ("AUD", "Audit Internal", False, (("AUI", "Audit TI"), ("AUO", "Audit Operasi"))),
)  # fmt: skip


def build_structure() -> tuple[list[Division], list[Department]]:
    """Unsaved; a department knows its division only by object until both have keys."""
    divisions, departments = [], []
    for code, name, is_it, parts in DIVISIONS:
        division = Division(code=code, name=name, is_it=is_it)
        divisions.append(division)
        departments += [Department(division=division, code=part, name=title) for part, title in parts]
    return divisions, departments
