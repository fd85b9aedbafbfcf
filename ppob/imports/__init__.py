"""Tables that people bring in: one module a noun."""

from ppob.imports.agents import AgentImport
from ppob.imports.bank_lines import BankLineImport
from ppob.imports.products import ProductImport

__all__ = ["AgentImport", "BankLineImport", "ProductImport"]
