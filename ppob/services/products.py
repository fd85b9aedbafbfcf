from collections.abc import Mapping
from typing import Any

from django.db import transaction

from organization.models import Employee
from ppob.exceptions import AlreadyClosed
from ppob.models import Product
from ppob.services import master


@transaction.atomic
def add_product(*, product: Product, actor: Employee | None) -> Product:
    """Keep a product that is filled in and not saved yet. Raises ValidationError by field, TakenMeanwhile."""
    return master.add(product, actor=actor)


@transaction.atomic
def change_product(*, product: Product, new: Mapping[str, Any], actor: Employee | None) -> bool:
    """Give the product the values of these fields; False where all of them stood there already.

    The code stays: sales and settlement files name the product by it. Raises ValidationError by field.
    """
    assert "code" not in new, "another code is another product"
    return master.change(product, new, actor=actor)[1]


@transaction.atomic
def withdraw_product(*, product: Product, actor: Employee | None) -> Product:
    """Take the product off sale; what was sold of it stays. Raises AlreadyClosed."""
    withdrawn, has_changed = master.change(
        product, {"is_active": False}, actor=actor, act="product.withdrawn"
    )
    if not has_changed:
        raise AlreadyClosed
    return withdrawn
