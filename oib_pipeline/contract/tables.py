"""Tables of the warehouse: schema, primary key, and the type and meaning of each column."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from oib_pipeline.contract.variables import variables


@dataclass(frozen=True)
class Column:
    """One column: its DuckDB type, what it holds, and what is valid.

    ``valid`` may give ``min`` and ``max`` (inclusive), ``in`` (a list), ``matches`` (a regular
    expression) and ``required`` (neither missing nor blank).
    """

    type: str
    about: str
    valid: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """One table: the layer (DuckDB schema) it lives in, its key and its columns."""

    name: str
    schema: str
    key: tuple[str, ...]
    about: str
    columns: dict[str, Column]
    open: bool

    @property
    def qualified(self) -> str:
        """Schema and name, as SQL wants them."""
        return f"{self.schema}.{self.name}"


@cache
def tables() -> dict[str, Table]:
    """Every table by name, in the order of the flow."""
    import yaml

    text = files(__package__).joinpath("tables.yml").read_text(encoding="utf-8")
    return {name: _table(name, spec) for name, spec in yaml.safe_load(text).items()}


def variable_columns() -> dict[str, Column]:
    """One column for each variable of the panel."""
    return {
        variable.name: Column(
            "DOUBLE",
            f"{variable.description} ({variable.unit})",
            {"min": variable.min, "max": variable.max},
        )
        for variable in variables().values()
    }


def _table(name: str, spec: dict) -> Table:
    columns = {column: Column(*pair) for column, pair in spec["columns"].items()}
    if "expand" in spec:
        columns |= _declared_elsewhere(spec["expand"])
    return Table(
        name, spec["schema"], tuple(spec["key"]), spec["about"], columns, spec.get("open", False)
    )


def _declared_elsewhere(function: str) -> dict[str, Column]:
    """Columns that a function gives, named with its module: the one that declares them."""
    module, _, name = function.rpartition(".")
    columns: dict[str, Column] = getattr(import_module(module), name)()
    return columns
