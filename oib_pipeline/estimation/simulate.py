"""Writes the simulation study: ``python -m oib_pipeline.estimation.simulate --out FILE``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from oib_pipeline.estimation.simulation import simulation_study


def markdown(table: pd.DataFrame) -> str:
    """Return the study as a markdown table with its rates in per cent."""
    rows = ["| design | method | bias | sd | mean se | coverage | size | power |"]
    rows.append("|---|---|---:|---:|---:|---:|---:|---:|")
    for one in table.itertuples():
        numbers = [
            f"{value:.3f}" if value == value else "" for value in (one.bias, one.sd, one.mean_se)
        ]
        rates = [
            f"{100 * value:.1f} %" if value == value else ""
            for value in (one.coverage, one.size, one.power)
        ]
        rows.append(f"| {one.design} | {one.method} | {' | '.join([*numbers, *rates])} |")
    return "\n".join(rows) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the study to a file, markdown or, where its name ends so, CSV."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="file to write (.md or .csv)")
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=399)
    parser.add_argument("--seed", type=int, default=20140311)
    given = parser.parse_args(arguments)
    table = simulation_study(replications=given.replications, draws=given.draws, seed=given.seed)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    csv = given.out.suffix == ".csv"
    text = table.to_csv(index=False, float_format="%.6g") if csv else _document(table, given)
    given.out.write_text(text, encoding="utf-8")


def _document(table: pd.DataFrame, given: argparse.Namespace) -> str:
    return (
        f"Simulated panels of nine years, {given.replications} a design, {given.draws} draws a "
        f'test, seed {given.seed}; serial correlation 0.6; "noisier" doubles the standard '
        f"deviation of treated units. Tests at 5 %, intervals at 95 %.\n\n{markdown(table)}"
    )


if __name__ == "__main__":
    main()
