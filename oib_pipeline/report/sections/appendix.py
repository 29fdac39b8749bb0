"""Repairs, conflicts, reproducibility, changes."""

from __future__ import annotations

from oib_pipeline.indices.declaration import Indicator
from oib_pipeline.indices.indicators import INDICATORS
from oib_pipeline.report.document.blocks import (
    Block,
    Code,
    Formula,
    Notice,
    Part,
    Points,
    Section,
    Text,
)
from oib_pipeline.report.document.labels import capital, outcomes_in_words
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.sections.results import balance_sections, synthetic_note
from oib_pipeline.report.tables.changes import (
    changed_table,
    moved_by_result_table,
    moved_table,
    revised_table,
)
from oib_pipeline.report.tables.columns import (
    conflicts_table,
    corrections_table,
    repairs,
    repairs_table,
)
from oib_pipeline.report.tables.findings import findings_table, raw_findings_table
from oib_pipeline.report.tables.models import event_study_table
from oib_pipeline.report.tables.sources import inputs_table, skipped_table, specifications_table
from oib_pipeline.report.text.catalogue import text


def appendix_sections(inputs: ReportInputs) -> list[Section]:
    """Repairs, conflicts, findings, formulas, inputs and how to rerun, a section each."""
    return [
        Section(
            "appendix", text("heading.appendix"), (Text(text("note.appendix")),), appendix=True
        ),
        *_effects(inputs),
        *balance_sections(inputs),
        Section("repairs", text("heading.repairs"), tuple(_repairs(inputs)), appendix=True),
        Section("conflicts", text("heading.conflicts"), tuple(_conflicts(inputs)), appendix=True),
        Section("findings", text("heading.findings"), tuple(_findings(inputs)), appendix=True),
        Section("formulas", text("heading.formulas"), _formulas(inputs), appendix=True),
        Section("specifications", text("heading.specifications"), _origins(inputs), appendix=True),
        Section("inputs", text("heading.inputs"), tuple(_inputs(inputs)), appendix=True),
    ]


def _effects(inputs: ReportInputs) -> list[Section]:
    if not inputs.has("event_study"):
        return []
    table = event_study_table(
        inputs.frame("event_study"), inputs.start, notes=synthetic_note(inputs)
    )
    return [Section("effects-by-year", text("heading.effects-by-year"), (table,), appendix=True)]


def _repairs(inputs: ReportInputs) -> list[Block]:
    changed = repairs(inputs.panel)
    blocks: list[Block] = []
    if changed.empty:
        blocks.append(Text("No value of the study panel was changed or filled."))
    else:
        blocks += [
            Text(
                "Values that a rule of the study changed or filled. The value before is kept in "
                "the study panel beside the one that was used."
            ),
            repairs_table(changed),
        ]
    if inputs.has("corrections"):
        blocks += [
            Text("Errors of the sources that the corrections file replaces, each with its reason."),
            corrections_table(inputs.frame("corrections")),
        ]
    else:
        blocks.append(Text("No error of a source was corrected by hand."))
    return blocks


def _conflicts(inputs: ReportInputs) -> list[Block]:
    if inputs.has("conflicts"):
        return [conflicts_table(inputs.frame("conflicts"), inputs)]
    if inputs.conflicts is None:
        return [Notice(f"Conflicts between sources are missing: {inputs.reason('conflicts')}.")]
    return [Text("No two sources differ by more than the tolerance on a value used here.")]


def _findings(inputs: ReportInputs) -> list[Block]:
    blocks: list[Block] = []
    if inputs.quality:
        blocks.append(Text("What was checked after each stage, row by row: [[checks-page]]."))
    if inputs.has("findings"):
        blocks.append(findings_table(inputs.frame("findings"), inputs))
    elif inputs.findings is None:
        blocks.append(Notice(f"The findings are missing: {inputs.reason('findings')}."))
    else:
        blocks.append(Text("No rule found anything that looks wrong."))
    return [*blocks, *_in_files(inputs)]


def _in_files(inputs: ReportInputs) -> list[Block]:
    if not inputs.has("raw_findings"):
        return []
    return [
        Part("in-files", text("part.in-files")),
        Text("Noted while the files were read, whether or not the study uses the value."),
        raw_findings_table(inputs.frame("raw_findings")),
    ]


def _formulas(inputs: ReportInputs) -> tuple[Block, ...]:
    """Of what the study uses, and of its standard errors."""
    names = dict.fromkeys((*inputs.study.outcomes, *inputs.study.controls))
    return (
        *(block for name in names for block in _formula(INDICATORS[name])),
        Text(
            "Standard errors: the clustered variance CR0 times G/(G−1) times (n−1)/(n−k−T), with G "
            "clusters, n city-years, k regressors and T years; the city effects, which are nested "
            "in the clusters, are not counted. Tests use t with G−1 degrees of freedom."
        ),
    )


def _formula(indicator: Indicator) -> tuple[Block, ...]:
    """How an outcome or control is computed, and from what else where its inputs are missing."""
    if indicator.equation:
        return (Formula(f"{indicator.short} = {indicator.equation}"), Text(indicator.where))
    first, *others = (formula.text for formula in indicator.formulas)
    block = Formula(f"{indicator.short} = {first}")
    return (block, *(Text(f"or, where that is missing, {other}.") for other in others))


def _origins(inputs: ReportInputs) -> tuple[Block, ...]:
    """From an estimate to its model, from the model to the panel, from the panel to the cell."""
    study = inputs.study.name
    table = specifications_table(inputs)
    guide = Text(
        f"Each estimate in a table leads to its model here. What is estimated on what stands in "
        f"data/studies/{study}.yml; the panel it is fitted on is core_study_panel of that study, "
        "built from the releases in [[inputs]]. Each value of the panel leads to its file, sheet "
        "and cell in the profile of its city ([[cities]]), or in a terminal:"
    )
    code = sorted(inputs.panel["city_code"].unique())[0]
    year = inputs.study.year_list[-1]
    command = Code(f"oib trace --study {study} --city {code} --year {year}")
    if table is None:
        return (guide, command, Notice("There is no estimate to lead home."))
    return (guide, command, table)


def _inputs(inputs: ReportInputs) -> list[Block]:
    study = inputs.study.name
    blocks: list[Block] = [
        Text(
            "Each digest is a SHA-256 over a release’s manifest and files: a release with another "
            "digest is another input."
        ),
        inputs_table(inputs.releases),
    ]
    if inputs.has("skipped"):
        blocks += [
            Part("skipped-part", text("part.skipped")),
            skipped_table(inputs.frame("skipped")),
        ]
    blocks += [
        Part("rerun", text("part.rerun")),
        Text(
            f"In the project’s folder, with data/studies/{study}.yml and the releases above under "
            "data/raw (or in the folder that --raw names):"
        ),
        Code(f"oib refresh --study {study}"),
    ]
    return blocks


def changes_sections(inputs: ReportInputs) -> list[Section]:
    """The section, where the results are kept as vintages."""
    if not inputs.vintage:
        return []
    return [Section("changes", text("heading.changes"), tuple(_blocks(inputs)))]


def _blocks(inputs: ReportInputs) -> list[Block]:
    number = inputs.vintage
    kept = (
        "A vintage is kept each time the panel or an estimate changes: its estimates in "
        "est_vintages, what it was made from in meta_vintage_inputs."
    )
    if not inputs.has("moves"):
        return [
            Text(
                f"These results are vintage {number}, the first: there is none before it to "
                f"compare with. {kept}"
            )
        ]
    why = [outcomes_in_words(line, inputs.study.outcomes) for line in inputs.why]
    blocks: list[Block] = [
        Text(f"These results are vintage {number}; below they stand beside vintage {number - 1}."),
        Points(tuple(f"{capital(line.rstrip('.'))}." for line in why)),
        moved_table(inputs.frame("moves")),
        moved_by_result_table(inputs.frame("moves")),
    ]
    changes = inputs.frame("changes")
    if inputs.has("changes") and (changes["kind"] != "value").any():
        blocks += [
            Part("changed-inputs-part", text("part.changed-inputs")),
            changed_table(changes, inputs.called),
        ]
    if inputs.has("changes") and (changes["kind"] == "value").any():
        blocks += [
            Part("revised-values-part", text("part.revised-values")),
            revised_table(changes, inputs),
        ]
    return [*blocks, Text(kept, kind="small")]
