"""The panel of a study, made and checked."""

from __future__ import annotations

from oib_pipeline.contract.counting import plural
from oib_pipeline.freshness.content import CONTENT
from oib_pipeline.orchestration.carry_out import Made
from oib_pipeline.orchestration.project import Project

STAGE = "core_study_panel"
ALSO = ("core_study_missing", "core_study_left_out")


def make_study_panel(project: Project, name: str) -> Made:
    """What a study is estimated on, with what it lacks and what it leaves out."""
    from oib_pipeline.panel import build_study_panel
    from oib_pipeline.quality import check_study_panel

    study, registry = project.inputs.studies[name], project.registry
    extent = {"precedence": study.precedence, "scope": study.scope}
    indices = project.warehouse.read("core_indices", extent)
    sources = project.warehouse.read("core_sources", extent)
    findings = project.warehouse.read("core_findings", extent)
    panel = build_study_panel(study, indices, registry, sources, findings)
    policy = registry.policy(study.policy)
    policy = policy[policy["city_code"].isin(panel.frame["city_code"])]
    own = {"study": name}
    rows, cities = len(panel.frame), panel.frame["city_code"].nunique()
    outcomes = project.checked(
        f"{name}-{STAGE}",
        check_study_panel,
        panel.frame,
        study=name,
        years=study.year_list,
        cities=sorted(set(registry.sample(study.sample)) - set(panel.excluded)),
        starts=dict(zip(policy["city_code"], policy["start_year"].astype(int), strict=True)),
        outcomes=study.outcomes,
        controls=panel.controls,
        listed=panel.missing,
        cells=sources,
    )
    return Made(
        slices=[
            (STAGE, panel.frame, own),
            ("core_study_missing", panel.missing.assign(study=name), own),
            ("core_study_left_out", panel.left_out.assign(study=name), own),
        ],
        marks={STAGE: {name: project.chain().made_from(STAGE, name)}},
        gone={CONTENT: [name]},
        outcomes=outcomes,
        said=f"{plural(cities, 'city', 'cities')} x {plural(len(study.year_list), 'year')} = "
        f"{plural(rows, 'row')}, {plural(len(panel.missing), 'value')} lacking, "
        f"{plural(len(panel.left_out), 'control')} left out",
    )
