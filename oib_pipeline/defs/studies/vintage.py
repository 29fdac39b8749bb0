"""The vintage of a study: its estimates kept, and what changed since the last ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from oib_pipeline.defs.lib.materialize import StageResult
from oib_pipeline.defs.resources import Project
from oib_pipeline.defs.studies.estimates import study_panel
from oib_pipeline.versions.data_version import Chain, estimate_stages
from oib_pipeline.warehouse import reading

if TYPE_CHECKING:
    import pandas as pd

    from oib_pipeline.vintages import Kept, State, Vintage
    from oib_pipeline.warehouse.warehouse import Slice


STAGE = "est_vintages"
ALSO = (
    "meta_vintages",
    "meta_vintage_inputs",
    "meta_vintage_changes",
    "meta_vintage_values",
)


def make_vintage(project: Project, name: str) -> StageResult:
    """A new vintage where results changed; else the last one, its record of inputs renewed."""
    from oib_pipeline.report.document.labels import outcomes_in_words
    from oib_pipeline.vintages import next_vintage

    chain = project.chain()
    with reading(project.warehouse):
        vintage = next_vintage(_state(project, name, chain), _last(project, name))
    outcomes = project.inputs.studies[name].outcomes
    told = "; ".join(vintage.why) if vintage.new else "results as they were"
    moved = f"; {vintage.moved}" if vintage.new and vintage.moved else ""
    return StageResult(
        slices=_slices(name, vintage),
        marks={STAGE: {name: chain.made_from(STAGE, name)}},
        said=f"vintage {vintage.number}: {outcomes_in_words(told + moved, outcomes)}",
        metadata={"vintage": vintage.number, "what changed": dg.MetadataValue.md(_told(vintage))},
    )


def _state(project: Project, name: str, chain: Chain) -> State:
    from oib_pipeline.vintages import State
    from oib_pipeline.vintages.snapshot import chosen_of, estimates_of, frame_digest, inputs_of

    study, warehouse = project.inputs.studies[name], project.warehouse
    panel = study_panel(project, name)
    sources = warehouse.read(
        "core_sources",
        {
            "precedence": study.precedence,
            "scope": study.scope,
            "city_code": project.registry.sample(study.sample),
            "year": study.year_list,
            "chosen": True,
        },
    )
    made = {
        stage.removeprefix("est_"): warehouse.read(stage, {"study": name})
        for stage in estimate_stages(study)
    }
    before = [key for key in chain.upstream(STAGE, name) if key[0] != STAGE]
    made_of = {key: chain.ledger.components(*key) for key in before}
    return State(
        estimates=estimates_of(made),
        chosen=chosen_of(sources),
        inputs=inputs_of(panel, sources, project.registry.cities, made_of),
        panel=frame_digest(panel, ["city_code", "year"]),
    )


def _last(project: Project, name: str) -> Kept | None:
    from oib_pipeline.vintages import Kept

    own = {"study": name}
    held = project.warehouse.read("meta_vintages", own)
    if held.empty:
        return None
    last = held.loc[held["vintage"].idxmax()]
    there: Slice = {**own, "vintage": int(last["vintage"])}
    read = project.warehouse.read
    return Kept(
        vintage=int(last["vintage"]),
        results=str(last["results"]),
        panel=str(last["panel"]),
        estimates=read("est_vintages", there),
        inputs=read("meta_vintage_inputs", there).drop(columns=list(there)),
        chosen=read("meta_vintage_values", own).drop(columns=list(own)),
    )


def _slices(name: str, vintage: Vintage) -> list[tuple[str, pd.DataFrame, dict]]:
    """Rows to write; of a vintage that is only confirmed, its inputs and values."""
    own: dict[str, str | int] = {"study": name}
    there = {**own, "vintage": vintage.number}
    state = vintage.state
    inputs = ("meta_vintage_inputs", state.inputs.assign(**there), there)
    values = ("meta_vintage_values", state.chosen.assign(**own), own)
    if not vintage.new:
        return [inputs, values]
    slices = [
        (STAGE, state.estimates.assign(**there), there),
        ("meta_vintages", _row(vintage).assign(**there), there),
        inputs,
        values,
    ]
    if vintage.changes is not None:
        slices.append(("meta_vintage_changes", vintage.changes.assign(**there), there))
    return slices


def _row(vintage: Vintage) -> pd.DataFrame:
    import pandas as pd

    state = vintage.state
    return pd.DataFrame(
        {
            "results": [state.results],
            "panel": [state.panel],
            "n_estimates": [len(state.estimates)],
            "n_rows": [int(state.inputs.loc[state.inputs["kind"] == "year", "n"].sum())],
            "why": ["\n".join(vintage.why)],
            "moved": [vintage.moved],
            "made_at": [datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")],
        }
    )


def _told(vintage: Vintage) -> str:
    if not vintage.new:
        return f"The results are those of vintage {vintage.number}."
    lines = [*vintage.why, *([vintage.moved] if vintage.moved else [])]
    return f"Vintage {vintage.number}\n\n" + "\n".join(f"- {line}" for line in lines)
