"""Each printed figure is the simulated one to its digits, in the place where it is printed."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import pytest
import python_calamine

from oib_pipeline.contract.variables import factor, variables
from oib_pipeline.synthetic.cities import YEARS, printed_names
from oib_pipeline.synthetic.economy import ais, theil
from oib_pipeline.synthetic.editions import editions, plans
from oib_pipeline.synthetic.page import digits

ROUNDING = 1e-3  # what printing may move an index by
SECTORS = ("primary", "secondary", "tertiary")
EDITIONS = pytest.mark.parametrize("edition", editions(), ids=lambda one: str(one.edition))


@pytest.fixture(scope="module")
def sheet_of(made):
    @cache
    def grids(release):
        found = {}
        for name, content in made.items():
            if not (name.startswith(release) and name.endswith(".xlsx")):
                continue
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
            for one in book.sheets_metadata:
                rows = book.get_sheet_by_name(one.name).to_python(skip_empty_area=False)
                title = "".join(str(cell) for row in rows[:3] for cell in row)
                found[title.replace(" ", "")] = rows
        return found

    def find(plan):
        wanted = f"{plan.label}{plan.title_zh}".replace(" ", "")
        (rows,) = [rows for title, rows in grids(plan.edition.release).items() if wanted in title]
        return rows

    return find


def read(cell):
    return np.nan if cell == "" else float(str(cell).replace(",", ""))


@EDITIONS
def test_figures_match_the_world_to_printed_precision(edition, sheet_of, printed, world, registry):
    names = printed_names(world.cities, registry, edition.year)["name_zh"]
    at = edition.year - YEARS[0]
    here = (world.cities["first_year"] <= edition.year) & (
        world.cities["last_year"] >= edition.year
    )
    for plan in plans(edition):
        by_name = {str(row[0]).strip(): row[plan.leading :] for row in sheet_of(plan)}
        for place, (column, scope) in enumerate(plan.columns):
            if column.column not in variables():
                continue
            unit = factor(column.column, plan.unit(column))
            found = np.array([read(by_name[name][place]) for name in names[here]]) * unit
            expected = printed[scope][column.column][here.to_numpy(), at]
            half_digit = 0.5 * 10.0 ** -digits(plan, column) * unit
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=half_digit * 1.000001)


@EDITIONS
@pytest.mark.parametrize("scope", ["districts", "whole_city"])
def test_printing_moves_no_index_of_the_120_by_more_than_a_thousandth(
    edition, scope, sheet_of, world
):
    at = edition.year - YEARS[0]
    found = {}
    for plan in plans(edition):
        by_name = {str(row[0]).strip().replace("襄樊", "襄阳"): row for row in sheet_of(plan)}
        for place, (column, its_scope) in enumerate(plan.columns):
            if its_scope == scope:
                rows = [by_name.get(name) for name in world.cities["name_zh"]]
                found[column.column] = np.array(
                    [np.nan if row is None else read(row[plan.leading + place]) for row in rows]
                )
    member = world.cities["member"].to_numpy()
    jobs = shares_of(found, "employment_k")
    outputs = [kind for kind in ("share_pct", "va_mcny") if f"primary_{kind}" in found]
    assert outputs
    for kind in outputs:
        output = shares_of(found, kind)
        for outcome, index in (
            ("ais", ais(output)),
            ("theil", theil(output[member], jobs[member])),
        ):
            exact = world.indices[scope][outcome][:, at]
            index = index[member] if outcome == "ais" else index
            np.testing.assert_allclose(index, exact[member], atol=ROUNDING)


def shares_of(found, kind):
    members = np.stack([found[f"{sector}_{kind}"] for sector in SECTORS], axis=-1)
    return members / members.sum(axis=-1, keepdims=True)
