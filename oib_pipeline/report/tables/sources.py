"""Releases, files, specifications."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.variables import variables
from oib_pipeline.report.document.blocks import Cell, Head, Row, Table
from oib_pipeline.report.document.document import Origin, estimated_by, origins
from oib_pipeline.report.document.format_numbers import EN_DASH, whole, years
from oib_pipeline.report.document.labels import label, short
from oib_pipeline.report.inputs import ReportInputs

SHOWN = 40


def inputs_table(releases: pd.DataFrame) -> Table:
    """Release, files, values read, digest and where it was obtained."""
    releases = releases.sort_values("release", kind="stable")
    rows = [
        Row(
            (
                Cell(str(record["release"])),
                Cell(whole(record.get("n_files", float("nan")))),
                Cell(whole(record.get("n_observations", float("nan")))),
                Cell(str(record["digest"])),
                Cell(str(record["source"])),
            )
        )
        for record in releases.to_dict("records")
    ]
    names = ("Release", "Files", "Values", "SHA-256", "Where from")
    return Table(
        name="inputs-list",
        title="Inputs",
        align="lrrpp",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        data=release_facts(releases),
    )


def release_facts(releases: pd.DataFrame) -> pd.DataFrame:
    """Facts of the releases without the folder they lay in: a path is no fact of theirs."""
    facts = releases.drop(columns="raw_dir", errors="ignore")
    return facts.assign(retrieved=facts["retrieved"].astype(str).str[:10])


def skipped_table(skipped: pd.DataFrame) -> Table:
    """Tables by release, with the reason."""
    skipped = skipped.sort_values(["release", "file", "sheet", "title"], kind="stable")
    grouped = skipped.groupby(["release", "reason"], sort=True)
    rows = [
        Row(
            (
                Cell(str(release)),
                Cell(whole(len(part)), value=len(part)),
                Cell("; ".join(dict.fromkeys(str(title).strip() for title in part["title"]))),
                Cell(str(reason)),
            )
        )
        for (release, reason), part in list(grouped)[:SHOWN]
    ]
    more = len(grouped) - SHOWN
    return Table(
        name="skipped",
        title="Tables that no variable of the contract wants",
        align="lrpp",
        head=(tuple(Head(name) for name in ("Release", "Number", "Tables", "Reason")),),
        rows=tuple(rows),
        data=skipped,
        notes=(f"{more} more groups are in the csv.",) if more > 0 else (),
    )


def releases_table(releases: pd.DataFrame) -> Table:
    """One row a release: series, edition, data years, publisher, licence, day obtained."""
    releases = releases.sort_values(["series", "first_year", "release"], kind="stable")
    rows = [
        Row(
            (
                Cell(str(row.release)),
                Cell(str(row.series)),
                Cell(str(row.edition)),
                Cell(_span(row.first_year, row.last_year)),
                Cell(_text(row.publisher)),
                Cell(_text(row.licence)),
                Cell(_text(row.retrieved)[:10]),
            )
        )
        for row in releases.itertuples()
    ]
    names = ("Release", "Series", "Edition", "Data years", "Publisher", "Licence", "Obtained")
    return Table(
        name="releases",
        title="Releases that the study used",
        align="llllppl",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        data=release_facts(releases),
    )


def sources_table(counted: pd.DataFrame) -> Table:
    """Where the chosen values of each variable came from, by series."""
    rows, data = [], []
    for variable in (name for name in variables() if name in set(counted["variable"])):
        for series, part in counted[counted["variable"] == variable].groupby("series"):
            total = int(part["n"].sum())
            spell = years([int(year) for year in part["year"]])
            rows.append(
                Row(
                    (
                        Cell(label(variable).label),
                        Cell(str(series)),
                        Cell(spell),
                        Cell(whole(part["release"].nunique())),
                        Cell(whole(total), value=total),
                    )
                )
            )
            data.append((variable, series, spell, part["release"].nunique(), total))
    names = ("Variable", "Series", "Data years", "Releases", "Values")
    return Table(
        name="sources",
        title="Where the chosen values came from",
        align="pllrr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        data=pd.DataFrame(data, columns=["variable", "series", "years", "releases", "values"]),
    )


def _span(first: object, last: object) -> str:
    if pd.isna(first):
        return "not declared"
    return f"{int(first)}{EN_DASH}{int(last)}" if first != last else str(int(first))  # type: ignore[call-overload]


def _text(value: object) -> str:
    return "not stated" if value is None or pd.isna(value) or value == "" else str(value)


CONTROLS = "controls"
NOTE = (
    "Every model has effects of cities and years and reads the columns named here, of the study’s "
    "rows of core_study_panel."
)


def specifications_table(inputs: ReportInputs) -> Table | None:
    """One row a model, those of one result together."""
    found = origins(inputs)
    if not found:
        return None
    rows: list[Row] = []
    for result in dict.fromkeys(origin.result for origin in found):
        called, function = estimated_by(result)
        title = f"{called}: {function}, kept in est.est_{result}"
        rows.append(Row((Cell(title),), "group", rule=bool(rows)))
        rows += [_row(origin, inputs) for origin in found if origin.result == result]
    names = ("Model", "Outcome", "Right-hand side", "City-years")
    return Table(
        name="specifications-table",
        title="The models behind the estimates",
        align="llpr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(_named(inputs), NOTE),
        data=pd.DataFrame(
            [
                {
                    "result": one.result,
                    "model": one.model,
                    "outcome": one.outcome,
                    "function": estimated_by(one.result)[1],
                    "terms": " + ".join(dict.fromkeys(one.rows["term"].astype(str))),
                    "study_file": f"data/studies/{inputs.study.name}.yml",
                    "table": f"est.est_{one.result}",
                }
                for one in found
            ]
        ),
    )


def _row(origin: Origin, inputs: ReportInputs) -> Row:
    first = origin.rows.iloc[0]
    return Row(
        (
            Cell(origin.model, anchor=origin.anchor),
            Cell(short(origin.outcome)),
            Cell(_terms(origin, inputs)),
            Cell(whole(first.get("n_obs", float("nan")))),
        )
    )


def _named(inputs: ReportInputs) -> str:
    """The controls by their columns, once for all models."""
    if not inputs.controls:
        return f"did: the treatment, 1 in a {inputs.called.one} from the policy on."
    return (
        f"did: the treatment, 1 in a {inputs.called.one} from the policy on; {CONTROLS}: "
        f"{' + '.join(inputs.controls)}."
    )


def _terms(origin: Origin, inputs: ReportInputs) -> str:
    """The regressors by their columns; years, and all controls of the study, as one."""
    terms = [str(term) for term in dict.fromkeys(origin.rows["term"])]
    years = [term for term in terms if "=" in term or term.startswith("treated_x_")]
    held = inputs.controls if inputs.controls and set(inputs.controls) <= set(terms) else []
    rest = [term for term in terms if term not in years and term not in held]
    many = [f"treated × {len(years)} years"] if years else []
    return " + ".join([*many, *rest, *([CONTROLS] if held else [])])
