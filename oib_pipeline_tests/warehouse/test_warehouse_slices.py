"""Slices are replaced whole or not at all, by name, and a busy file says so."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pandas as pd
import pytest

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.tables import tables
from oib_pipeline.warehouse import Warehouse, reading


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "new" / "oib.duckdb", patience=0.3)


def estimates(study: str, *values: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "estimate": list(values),
            "term": [f"term{i}" for i in range(len(values))],
            "study": study,
            "model": "1",
            "outcome": "ais",
        }
    )


def test_a_slice_is_replaced_and_the_others_stay(warehouse: Warehouse) -> None:
    warehouse.replace("est_baseline", estimates("a", 1.0, 2.0), {"study": "a"})
    warehouse.replace("est_baseline", estimates("b", 3.0), {"study": "b"})
    warehouse.replace("est_baseline", estimates("a", 4.0), {"study": "a"})
    kept = warehouse.read("est_baseline")
    assert kept[["study", "estimate"]].to_numpy().tolist() == [["a", 4.0], ["b", 3.0]]


def test_columns_are_matched_by_name_and_an_open_table_takes_more(warehouse: Warehouse) -> None:
    frame = estimates("a", 1.0)[["model", "term", "outcome", "study", "estimate"]]
    warehouse.replace("est_baseline", frame.assign(joint_low=0.5), {"study": "a"})
    row = warehouse.read("est_baseline").iloc[0]
    assert (row["term"], row["estimate"], row["joint_low"]) == ("term0", 1.0, 0.5)


def test_reads_inside_share_one_connection_and_the_next_write_finds_the_file_free(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading(warehouse):  # no file yet: nothing to open
        assert warehouse.count("est_baseline") == 0
    warehouse.replace("est_baseline", estimates("a", 1.0, 2.0), {"study": "a"})
    opened, connect = [], Warehouse._connect

    def counted(self: Warehouse, *given: object) -> object:
        opened.append(given)
        return connect(self, *given)

    monkeypatch.setattr(Warehouse, "_connect", counted)
    with reading(warehouse), reading(warehouse):
        assert warehouse.count("est_baseline") == len(warehouse.read("est_baseline")) == 2
        assert warehouse.read("est_placebo").empty
    assert len(opened) == 1
    warehouse.replace("est_baseline", estimates("a", 3.0), {"study": "a"})
    assert warehouse.count("est_baseline") == 1
    assert len(opened) == 3


def test_a_repeated_key_changes_nothing(warehouse: Warehouse) -> None:
    warehouse.replace("est_baseline", estimates("a", 1.0), {"study": "a"})
    twice = pd.concat([estimates("a", 2.0), estimates("a", 3.0)])
    with pytest.raises(OibError, match="repeat their key"):
        warehouse.replace("est_baseline", twice, {"study": "a"})
    assert warehouse.read("est_baseline")["estimate"].tolist() == [1.0]


def test_a_row_outside_the_slice_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(OibError, match="outside the slice"):
        warehouse.replace("est_baseline", estimates("a", 1.0), {"study": "b"})


def test_a_closed_table_refuses_an_unknown_column(warehouse: Warehouse) -> None:
    row = {"release": "r", "file": "f", "sheet": "s", "title": "t", "surprise": 1}
    with pytest.raises(OibError, match="surprise"):
        warehouse.replace("raw_skipped", pd.DataFrame([row]), {"release": "r"})


def test_several_tables_change_together_or_not_at_all(warehouse: Warehouse) -> None:
    warehouse.replace("est_baseline", estimates("a", 1.0), {"study": "a"})
    bad = estimates("a", 2.0).assign(estimate="not a number")
    with pytest.raises(Exception, match="not a number"):
        warehouse.replace_many(
            {"est_baseline": estimates("a", 9.0), "est_event_study": bad}, {"study": "a"}
        )
    assert warehouse.read("est_baseline")["estimate"].tolist() == [1.0]


def test_reading_before_any_run_is_empty_with_columns(warehouse: Warehouse) -> None:
    frame = warehouse.read("core_indices")
    assert frame.empty and list(frame.columns) == list(tables()["core_indices"].columns)
    assert warehouse.count("core_indices") == 0


def test_every_column_of_the_contract_carries_its_comment(warehouse: Warehouse) -> None:
    warehouse.replace("est_baseline", estimates("a", 1.0), {"study": "a"})
    comments = warehouse.query(
        "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'est_baseline'"
    ).set_index("column_name")["comment"]
    spec = tables()["est_baseline"].columns
    assert {name: comments[name] for name in spec} == {n: c.about for n, c in spec.items()}


def test_a_kill_inside_the_transaction_leaves_the_last_good_slice(warehouse: Warehouse) -> None:
    warehouse.replace("est_baseline", estimates("a", 1.0), {"study": "a"})
    script = f"""
        import os, signal, duckdb
        connection = duckdb.connect({str(warehouse.path)!r})
        connection.execute("BEGIN")
        connection.execute("DELETE FROM est.est_baseline")
        os.kill(os.getpid(), signal.SIGKILL)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert warehouse.read("est_baseline")["estimate"].tolist() == [1.0]


def test_a_file_held_by_another_process_is_an_error_that_says_so(warehouse: Warehouse) -> None:
    warehouse.replace("est_baseline", estimates("a", 1.0), {"study": "a"})
    script = f"""
        import duckdb
        connection = duckdb.connect({str(warehouse.path)!r})
        print("held", flush=True)
        input()
    """
    holder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin is not None and holder.stdout is not None
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(OibError, match="Another program may hold it") as caught:
            warehouse.read("est_baseline")
        assert str(os.getpid()) in str(caught.value)
    finally:
        holder.communicate("\n")


def test_columns_a_study_brings_carry_a_comment_too(warehouse: Warehouse) -> None:
    row = {"study": "a", "city_code": "110000", "year": 2015}
    frame = pd.DataFrame([{**row, "ais": 2.5, "ais_flag": "winsorised", "ais_before": 2.9}])
    warehouse.replace("core_study_panel", frame, {"study": "a"})
    bare = warehouse.query(
        "SELECT column_name FROM duckdb_columns() "
        "WHERE table_name = 'core_study_panel' AND comment IS NULL"
    )
    assert bare.empty


def test_no_progress_bar_of_a_slow_query_lands_between_the_lines_of_a_command(
    warehouse: Warehouse,
) -> None:
    """DuckDB draws one on stdout after two seconds unless this is off."""
    warehouse.replace("est_baseline", estimates("a", 1.0), {"study": "a"})
    assert warehouse.rows("SELECT current_setting('enable_progress_bar')") == [(False,)]
