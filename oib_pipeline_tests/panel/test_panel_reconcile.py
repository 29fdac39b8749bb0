"""Which release wins, and that a bundle is never mixed."""

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.contract.errors import OibError, SourceError
from oib_pipeline.panel import assemble, candidates, conflicts, reconcile
from oib_pipeline.study import Study

VA = ["primary_va_mcny", "secondary_va_mcny", "tertiary_va_mcny"]
RELEASES = pd.DataFrame(
    [
        ("ccsy-2018", "ccsy", "2018", False),
        ("ccsy-2009", "ccsy", "2009", False),
        ("csmar-2024", "csmar", "2024", False),
        ("sample-ccsy-2018", "ccsy", "2018", True),
        ("other", "compiled", "first", False),
    ],
    columns=["release", "series", "edition", "synthetic"],
)
COLUMNS = [
    "release",
    "file",
    "sheet",
    "cell",
    "city_code",
    "year",
    "scope",
    "variable",
    "text",
    "unit",
    "value",
]


def study(**changes):
    fields = {
        "name": "s",
        "title": "t",
        "policy": "p",
        "sample": "a",
        "scope": "districts",
        "years": [2016, 2018],
        "outcomes": ["ais"],
        "sources": ["ccsy", "csmar"],
    }
    return Study(**(fields | changes))


def seen(release, variable, value, unit="亿元", cell="B2", year=2017):
    place = (release, "f.xlsx", "s", cell)
    return (*place, "320300", year, "districts", variable, str(value), unit, value)


def table(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


def sources(*rows, **changes):
    chosen = study(**changes)
    return reconcile(candidates(table(*rows), RELEASES, chosen), chosen.sources)


def winner(frame, variable="gdp_mcny"):
    rows = frame[frame["chosen"] & (frame["variable"] == variable)]
    return rows["release"].tolist()


def test_values_arrive_in_contract_units():
    frame = candidates(
        table(seen("ccsy-2018", "gdp_mcny", 153.0), seen("csmar-2024", "gdp_mcny", 2e6, "万元")),
        RELEASES,
        study(),
    )
    assert frame["value"].tolist() == [15300.0, 20000.0]
    assert frame["precedence"].unique().tolist() == ["ccsy > csmar"]


def test_an_unknown_unit_names_its_cell_and_the_known_spellings():
    with pytest.raises(SourceError, match=r"f\.xlsx.*B2.*'斤'.*亿元"):
        candidates(table(seen("ccsy-2018", "gdp_mcny", 1.0, "斤")), RELEASES, study())


def test_two_different_values_of_one_release_are_an_error_with_both_cells():
    rows = (
        seen("ccsy-2018", "gdp_mcny", 1.0, cell="B2"),
        seen("ccsy-2018", "gdp_mcny", 2.0, cell="C9"),
    )
    with pytest.raises(SourceError, match=r"C9.*B2"):
        candidates(table(*rows), RELEASES, study())


def test_the_same_value_twice_in_one_release_counts_once():
    rows = (
        seen("ccsy-2018", "gdp_mcny", 1.5, cell="B2"),
        seen("ccsy-2018", "gdp_mcny", 15000.0, "万元", cell="C9"),
    )
    assert candidates(table(*rows), RELEASES, study())["cell"].tolist() == ["B2"]


def test_the_first_series_of_the_study_wins():
    rows = (seen("ccsy-2018", "gdp_mcny", 1.0), seen("csmar-2024", "gdp_mcny", 2.0))
    assert winner(sources(*rows)) == ["ccsy-2018"]
    assert winner(sources(*rows, sources=["csmar", "ccsy"])) == ["csmar-2024"]


def test_within_a_series_the_later_edition_wins_as_a_number():
    rows = (seen("ccsy-2009", "gdp_mcny", 1.0), seen("ccsy-2018", "gdp_mcny", 2.0))
    frame = sources(*rows)
    assert winner(frame) == ["ccsy-2018"]
    passed = frame.loc[~frame["chosen"], "reason"].item()
    assert passed == "passed over: an earlier edition than ccsy-2018"


def test_series_the_study_does_not_name_are_no_candidates():
    frame = sources(seen("other", "gdp_mcny", 1.0), seen("csmar-2024", "gdp_mcny", 2.0))
    assert frame["release"].tolist() == ["csmar-2024"]


def test_synthetic_and_genuine_releases_never_meet():
    rows = (seen("sample-ccsy-2018", "gdp_mcny", 1.0), seen("ccsy-2018", "gdp_mcny", 2.0))
    assert sources(*rows)["release"].tolist() == ["ccsy-2018"]
    assert sources(*rows, synthetic=True)["release"].tolist() == ["sample-ccsy-2018"]


def test_no_release_of_the_series_at_all_is_an_error_that_names_those_there():
    with pytest.raises(OibError, match=r"nonesuch.*ccsy, compiled, csmar"):
        candidates(table(), RELEASES, study(sources=["nonesuch"]))


def test_a_bundle_comes_whole_from_the_first_release_that_has_all_of_it():
    rows = [seen("ccsy-2018", name, 1.0) for name in VA[:2]]
    rows += [seen("csmar-2024", name, 2.0) for name in VA]
    frame = sources(*rows)
    assert {winner(frame, name)[0] for name in VA} == {"csmar-2024"}
    reasons = set(frame["reason"])
    assert "passed over: ccsy-2018 does not have all of value_added" in reasons
    assert "chosen: first release that has all of value_added" in reasons


def test_a_bundle_that_no_release_has_whole_is_not_chosen_in_parts():
    frame = sources(seen("ccsy-2018", VA[0], 1.0), seen("csmar-2024", VA[1], 1.0))
    assert not frame["chosen"].any()
    assert assemble(frame).empty


def test_every_value_of_every_source_is_kept_with_a_reason():
    rows = [seen(name, "gdp_mcny", 1.0) for name in ("ccsy-2009", "ccsy-2018", "csmar-2024")]
    frame = sources(*rows)
    assert len(frame) == 3
    assert frame["reason"].notna().all()
    assert frame["chosen"].sum() == 1


def test_the_wide_table_has_every_variable_and_one_row_a_city_year():
    rows = [seen("ccsy-2018", "gdp_mcny", 1.0), seen("ccsy-2018", "gdp_mcny", 2.0, year=2016)]
    wide = assemble(sources(*rows))
    assert wide["year"].tolist() == [2016, 2017]
    assert wide["gdp_mcny"].tolist() == [200.0, 100.0]
    assert wide["area_km2"].isna().all()


def test_the_order_of_the_rows_changes_nothing():
    rows = [seen("ccsy-2018", name, 1.0) for name in VA] + [seen("csmar-2024", VA[0], 1.0)]
    pd.testing.assert_frame_equal(sources(*rows), sources(*rows[::-1]))


def test_categories_are_read_as_text():
    rows = table(*(seen("ccsy-2018", name, 1.0) for name in VA[::-1]))
    coded = rows.astype(dict.fromkeys(["release", "variable", "unit", "cell"], "category"))
    coded["variable"] = coded["variable"].cat.reorder_categories(VA[::-1])
    frames = [candidates(frame, RELEASES, study()) for frame in (rows, coded)]
    assert [frame["variable"].tolist() for frame in frames] == [sorted(VA)] * 2


def test_an_edition_that_is_no_number_comes_after_those_that_are():
    """Not even '2018_2', which DuckDB would read as 20182."""
    releases = pd.DataFrame(
        [("a", "ccsy", "2018_2", False), ("b", "ccsy", "2009", False)], columns=RELEASES.columns
    )
    rows = table(seen("a", "gdp_mcny", 1.0), seen("b", "gdp_mcny", 2.0))
    assert winner(reconcile(candidates(rows, releases, study()), ["ccsy"])) == ["b"]


def test_two_chosen_values_for_one_key_are_an_error_that_names_it():
    frame = sources(seen("ccsy-2018", "gdp_mcny", 1.0), seen("csmar-2024", "gdp_mcny", 2.0))
    with pytest.raises(ValueError, match="ccsy > csmar 320300 2017 districts gdp_mcny"):
        assemble(frame.assign(chosen=True))


EDITIONS = {  # within a series the preferred first: numbers, then texts, then the name
    "d": ("ccsy", "2018"),
    "c": ("ccsy", "999"),
    "b": ("ccsy", "second"),
    "a": ("ccsy", "first"),
    "e": ("csmar", "2024"),
    "f": ("csmar", "2024"),
}


@pytest.mark.parametrize("order", [["ccsy", "csmar"], ["csmar", "ccsy"]])
def test_the_choice_the_wide_table_and_the_conflicts_follow_their_definition(order):
    offers = some_offers(cities=400)
    preferred = [name for series in order for name in EDITIONS if EDITIONS[name][0] == series]
    expected = {}
    for city, variable, _ in offers:
        members = VA if variable in VA else [variable]
        for release in preferred:
            if all(offers.get((city, name, release)) is not None for name in members):
                expected[city, variable] = release
                break

    rows = reconcile(made(offers), order)

    picked = rows[rows["chosen"]]
    keys = zip(picked["city_code"], picked["variable"], strict=True)
    assert dict(zip(keys, picked["release"], strict=True)) == expected
    wide = assemble(rows).set_index("city_code")
    assert sorted(wide.index) == sorted({city for city, _ in expected})
    assert int(wide[[*VA, "gdp_mcny"]].notna().sum().sum()) == len(expected)
    for (city, variable), release in expected.items():
        assert wide.loc[city, variable] == offers[city, variable, release]
    apart = {
        (city, variable, release)
        for (city, variable, release), value in offers.items()
        if value is not None and (city, variable) in expected
        for chosen in [offers[city, variable, expected[city, variable]]]
        if abs(value - chosen) > 0.01 * max(value, chosen) + 2 * HALF
    }
    found = conflicts(rows)[["city_code", "variable", "release"]]
    assert set(found.itertuples(index=False, name=None)) == apart


HALF = 0.5  # of the last digit in "1" million yuan, which every cell below prints


def some_offers(cities):
    """Values by city, variable and release: a third absent, a third removed, which is None."""
    rng = np.random.default_rng(11)
    keys = [
        (f"{city:06}", variable, release)
        for city in range(cities)
        for variable in (*VA, "gdp_mcny")
        for release in EDITIONS
    ]
    kinds = rng.integers(3, size=len(keys))
    values = 1000 * rng.choice([1.0, 1.005, 1.011, 1.02], len(keys))
    return {
        key: value if kind == 1 else None
        for key, kind, value in zip(keys, kinds, values.tolist(), strict=True)
        if kind
    }


def made(offers):
    """Candidates with these values, None where a correction removed one."""
    return pd.DataFrame(
        [
            {
                "precedence": "p", "city_code": city, "year": 2017, "scope": "districts",
                "variable": variable, "release": release, "series": EDITIONS[release][0],
                "edition": EDITIONS[release][1], "file": "f", "sheet": "s", "cell": "B2",
                "text": "1", "stated_unit": "百万元", "value": value,
                "correction": "removed" if value is None else None,
            }
            for (city, variable, release), value in offers.items()
        ]
    ).astype({"value": "float64"})  # fmt: skip
