"""A release whose file lacks a declared year is told of before it is loaded."""

import pandas as pd

from oib_pipeline.extract.release import Release
from oib_pipeline.extract.years import lost_years


def problems(series, years, lost, variable="gdp_mcny"):
    release = Release.model_construct(release="one", series=series, data_years=years)
    there = [year for year in range(years[0], years[1] + 1) if year not in lost]
    rows = pd.DataFrame({"year": there, "file": "a.xlsx", "variable": variable})
    return lost_years(release, rows.assign(scope="whole_city"))


def test_a_lost_year_is_named_with_its_file_and_variable():
    (problem,) = problems("csmar", (2000, 2005), {2003, 2004})
    assert (problem.file, problem.found) == ("a.xlsx", "no gdp_mcny (whole_city) in 2003, 2004")
    assert "contract/absent_years.csv" in problem.todo


def test_a_whole_file_and_a_known_gap_are_no_problem():
    assert problems("csmar", (2000, 2005), set()) == []
    assert problems("csmar", (1985, 2005), set(range(1985, 1990))) == []
