"""What each variable means, how it is measured and where it comes from."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.counting import noun
from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import label


def variables_table(inputs: ReportInputs) -> Table:
    """Outcomes, the treatment and the study's controls, those left out marked."""
    gone = set(inputs.study.controls) - set(inputs.controls)
    groups = (
        (noun(inputs.study.outcomes, "Outcome"), inputs.study.outcomes),
        ("Treatment", ["did"]),
        (noun(inputs.study.controls, "Control"), inputs.study.controls),
    )
    rows, data = [], []
    for title, names in groups:
        if names:
            rows.append(Row((Cell(title),), kind="group"))
        for name in names:
            words = label(name, inputs.called)
            mark = " (left out)" if name in gone else ""
            rows.append(
                Row(
                    (
                        Cell(words.short + mark),
                        Cell(words.label),
                        Cell(words.definition),
                        Cell(words.unit),
                    )
                )
            )
            data.append(
                {
                    "group": title,
                    "name": name,
                    "label": words.label,
                    "label_zh": words.label_zh,
                    "definition": words.definition,
                    "unit": words.unit,
                    "left_out": name in gone,
                }
            )
    return Table(
        name="variables",
        title="Meaning and measurement of the variables",
        align="lppl",
        head=(tuple(Head(text) for text in ("Variable", "Stands for", "Measured as", "Unit")),),
        rows=tuple(rows),
        notes=tuple(note for _, names in groups for name in names if (note := label(name).note)),
        data=pd.DataFrame(data),
    )
