"""Tables of the warehouse: schema, primary key, and the type and meaning of each column."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
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


def _table(name: str, spec: dict) -> Table:
    columns = {column: Column(*pair) for column, pair in spec["columns"].items()}
    if spec.get("expand") == "variables":
        columns |= {
            variable.name: Column(
                "DOUBLE",
                f"{variable.description} ({variable.unit})",
                {"min": variable.min, "max": variable.max},
            )
            for variable in variables().values()
        }
    return Table(
        name, spec["schema"], tuple(spec["key"]), spec["about"], columns, spec.get("open", False)
    )
