"""Column lineage: from which column of which asset before it each column of a table comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import dagster as dg

from oib_pipeline.contract.tables import Table, tables
from oib_pipeline.contract.variables import variables
from oib_pipeline.indices.table import inputs_of

Named = Mapping[str, list[str]]


def column_lineage(stage: str, before: Iterable[dg.AssetKey]) -> dg.TableColumnLineage:
    """Lineage of a stage's table, column by column.

    A column comes from the columns that ``lineage.yml`` names, an index or control from the inputs
    it declares, and any other from the columns named alike.

    Parameters
    ----------
    before
        Assets that the stage reads.
    """
    keys = {key.path[-1]: key for key in before}
    found: dict[str, list[dg.TableColumnDep]] = {}
    for column in tables()[stage].columns:
        deps = _stated(stage, column, keys) or _alike(column, keys)
        if deps:
            found[column] = deps
    return dg.TableColumnLineage(deps_by_column=found)


def _stated(stage: str, column: str, keys: Mapping[str, dg.AssetKey]) -> list[dg.TableColumnDep]:
    rules = _rules().get(stage, {})
    variable = "each variable" if column in variables() else ""
    places = rules.get(column) or rules.get(variable) or []
    if stage == "core_indices":
        places = [f"core_city_year.{name}" for name in inputs_of(column)]
    return [
        dg.TableColumnDep(asset_key=keys[table], column_name=name)
        for table, _, name in (place.partition(".") for place in places)
        if table in keys
    ]


def _alike(column: str, keys: Mapping[str, dg.AssetKey]) -> list[dg.TableColumnDep]:
    return [
        dg.TableColumnDep(asset_key=key, column_name=column)
        for name, key in keys.items()
        if column in _columns(name)
    ]


def _columns(stage: str) -> Iterable[str]:
    table: Table | None = tables().get(stage)
    return table.columns if table else ()


@cache
def _rules() -> Mapping[str, Named]:
    import yaml

    found: Mapping[str, Named] = yaml.safe_load(
        files(__package__).joinpath("lineage.yml").read_text(encoding="utf-8")
    )
    return found
