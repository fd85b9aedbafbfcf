"""Forty products of all kinds, who delivers them at what cost, and what agents of each level pay."""

from collections.abc import Iterator
from datetime import date

from ppob.choices import AgentLevel, ProductKind
from ppob.models import AgentPrice, Biller, BillerProduct, Product

# (code, name, kind, price to customers, our cost, billers in the order of their routes)
PREPAID = (
    ("TSEL5", "Pulsa Telkomsel 5.000", "credit", 7_000, 5_350, "MULTIPLS FINNET"),
    ("TSEL10", "Pulsa Telkomsel 10.000", "credit", 12_000, 10_250, "MULTIPLS FINNET NUSAPAY"),
    ("TSEL25", "Pulsa Telkomsel 25.000", "credit", 27_000, 24_900, "MULTIPLS FINNET"),
    ("TSEL50", "Pulsa Telkomsel 50.000", "credit", 52_000, 49_600, "MULTIPLS NUSAPAY"),
    ("TSEL100", "Pulsa Telkomsel 100.000", "credit", 102_000, 98_900, "MULTIPLS NUSAPAY"),
    ("ISAT10", "Pulsa Indosat 10.000", "credit", 12_000, 10_450, "MULTIPLS FINNET"),
    ("ISAT25", "Pulsa Indosat 25.000", "credit", 27_000, 24_950, "MULTIPLS"),
    ("ISAT50", "Pulsa Indosat 50.000", "credit", 52_000, 49_250, "MULTIPLS FINNET"),
    ("ISAT100", "Pulsa Indosat 100.000", "credit", 102_000, 98_100, "MULTIPLS"),
    ("XL10", "Pulsa XL 10.000", "credit", 12_000, 10_600, "FINNET MULTIPLS"),
    ("XL25", "Pulsa XL 25.000", "credit", 27_000, 24_980, "FINNET MULTIPLS"),
    ("XL50", "Pulsa XL 50.000", "credit", 52_000, 49_700, "FINNET MULTIPLS"),
    ("TSELD3", "Paket Telkomsel 3 GB 7 hari", "data", 28_000, 24_500, "MULTIPLS FINNET"),
    ("TSELD10", "Paket Telkomsel 10 GB 30 hari", "data", 68_000, 62_300, "MULTIPLS FINNET"),
    ("TSELD25", "Paket Telkomsel 25 GB 30 hari", "data", 112_000, 104_000, "MULTIPLS"),
    ("ISATD5", "Paket Indosat 5 GB 14 hari", "data", 32_000, 28_400, "MULTIPLS FINNET"),
    ("ISATD15", "Paket Indosat 15 GB 30 hari", "data", 64_000, 58_800, "MULTIPLS"),
    ("XLD8", "Paket XL 8 GB 30 hari", "data", 52_000, 47_600, "FINNET MULTIPLS"),
    ("PLN20", "Token PLN 20.000", "pln_token", 22_500, 20_000, "NUSAPAY LISTRA"),
    ("PLN50", "Token PLN 50.000", "pln_token", 52_500, 50_000, "NUSAPAY LISTRA"),
    ("PLN100", "Token PLN 100.000", "pln_token", 102_500, 100_000, "NUSAPAY LISTRA"),
    ("PLN200", "Token PLN 200.000", "pln_token", 202_500, 200_000, "NUSAPAY LISTRA"),
    ("PLN500", "Token PLN 500.000", "pln_token", 502_500, 500_000, "NUSAPAY LISTRA"),
    ("ML86", "Mobile Legends 86 diamond", "game", 23_500, 20_900, "ARTHASW"),
    ("FF140", "Free Fire 140 diamond", "game", 20_500, 18_200, "ARTHASW"),
    ("PUBG60", "PUBG Mobile 60 UC", "game", 16_500, 14_350, "ARTHASW"),
    ("STEAM45", "Voucher Steam 45.000", "game", 50_000, 46_200, "ARTHASW"),
    ("GPLAY50", "Voucher Google Play 50.000", "game", 54_000, 50_700, "ARTHASW"),
    ("EMON50", "Isi Uang Elektronik 50.000", "other", 51_500, 50_000, "NUSAPAY FINNET"),
    ("EMON100", "Isi Uang Elektronik 100.000", "other", 101_500, 100_000, "NUSAPAY FINNET"),
)  # fmt: skip
# (code, name, kind, biller's admin fee, its commission, counter's admin fee, agent's share, billers)
BILLS = (
    ("PLNPOST", "Tagihan Listrik PLN", "pln_bill", 3_000, 1_600, 0, 900, "LISTRA NUSAPAY"),
    ("PDAMJKT", "Air PAM Jaya Jakarta", "water", 2_500, 1_200, 500, 900, "TIRTA"),
    ("PDAMBDG", "Air PDAM Tirtawening Bandung", "water", 2_500, 1_200, 500, 900, "TIRTA ARTHASW"),
    ("PDAMSBY", "Air PDAM Surya Sembada Surabaya", "water", 2_500, 1_100, 500, 850, "TIRTA ARTHASW"),
    ("PDAMSMG", "Air PDAM Tirta Moedal Semarang", "water", 2_500, 1_100, 500, 850, "TIRTA"),
    ("BPJSKES", "BPJS Kesehatan", "insurance", 2_500, 1_000, 0, 700, "TIRTA NUSAPAY"),
    ("BPJSTK", "BPJS Ketenagakerjaan", "insurance", 2_500, 1_000, 0, 700, "NUSAPAY"),
    ("INDIHOME", "Telepon dan Internet Rumah", "other", 2_500, 1_250, 0, 900, "FINNET NUSAPAY"),
    ("TVKABEL", "TV Berlangganan", "other", 2_500, 1_150, 500, 900, "ARTHASW"),
    ("ANGSURAN", "Angsuran Multifinance", "other", 5_000, 2_000, 1_000, 1_500, "ARTHASW NUSAPAY"),
)  # fmt: skip
# Two thirds of what the customer pays above our cost is the agent's; of a higher level a little more.
SHARE_OF_MARGIN = 0.65
OFF_A_LEVEL = {AgentLevel.BASIC: 0, AgentLevel.SILVER: 100, AgentLevel.GOLD: 200}
RUPIAH_A_POINT = 10_000
OFF_SALE = {"STEAM45"}


def build_products() -> list[Product]:
    prepaid = [
        Product(
            code=code,
            name=name,
            kind=ProductKind(kind),
            price=price,
            agent_share=_share(price, cost),
            points=max(1, price // RUPIAH_A_POINT),
            is_active=code not in OFF_SALE,
        )
        for code, name, kind, price, cost, _billers in PREPAID
    ]
    bills = [
        Product(
            code=code,
            name=name,
            kind=ProductKind(kind),
            counter_fee=counter_fee,
            agent_share=share,
            points=2,
        )
        for code, name, kind, _fee, _commission, counter_fee, share, _billers in BILLS
    ]
    return prepaid + bills


def build_routes(products: list[Product], billers: list[Biller]) -> Iterator[BillerProduct]:
    """The second biller of a product costs a little more, and one route is closed at the moment."""
    by_code, known = {one.code: one for one in products}, {one.code: one for one in billers}
    for code, _name, _kind, _price, cost, names in PREPAID:
        for route, name in enumerate(names.split(), start=1):
            yield BillerProduct(
                product=by_code[code],
                biller=known[name],
                biller_code=f"{name[:3]}{code}",
                cost=cost + 75 * (route - 1),
                route=route,
                is_available=(code, name) != ("XL50", "MULTIPLS"),
            )
    for code, _name, _kind, fee, commission, _counter_fee, _share, names in BILLS:
        for route, name in enumerate(names.split(), start=1):
            yield BillerProduct(
                product=by_code[code],
                biller=known[name],
                biller_code=f"{name[:3]}{code}",
                admin_fee=fee,
                commission=commission - 100 * (route - 1),
                route=route,
            )


def build_prices(products: list[Product], since: date) -> Iterator[AgentPrice]:
    """Of each level for what has a price; a bill's price is the bill."""
    for product in products:
        if product.price is not None:
            for level, off in OFF_A_LEVEL.items():
                price = product.price - product.agent_share - off
                yield AgentPrice(product=product, level=level, price=price, from_on=since)


def _share(price: int, cost: int) -> int:
    return int((price - cost) * SHARE_OF_MARGIN) // 50 * 50
