"""What can be imported: one module a noun. Importing this package registers them."""

from organization.imports.branches import BranchImport
from organization.imports.employees import EmployeeImport
from organization.imports.stores import StoreImport
from organization.imports.structure import DepartmentImport, DivisionImport

__all__ = ["BranchImport", "DepartmentImport", "DivisionImport", "EmployeeImport", "StoreImport"]
