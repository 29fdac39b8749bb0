"""What is stale, and so has to be made anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from oib_pipeline.contract.errors import OibError
from oib_pipeline.settings import Settings
from oib_pipeline.study import Study
from oib_pipeline.versions.data_version import STAGES, Chain, Slice, study_stages
from oib_pipeline.versions.digests import digest
from oib_pipeline.versions.inputs import Inputs, unfit_studies
from oib_pipeline.versions.ledger import Ledger
from oib_pipeline.versions.refusals import noted_refusals

ASKED = "oib/cities"  # tag of a run: the cities it is for, of the range it covers
PAGES = "cities"
NOTE = "to_make.txt"  # beside the pages, until all it names are made


def pages_there(folder: Path) -> set[str]:
    """Codes of the cities that have a profile in a report's folder."""
    return {path.stem for path in (folder / PAGES).glob("[0-9]*.html")}


def pages_to_make(folder: Path) -> list[str]:
    """Codes of the cities whose profile went with an earlier report, sorted."""
    note = folder / PAGES / NOTE
    return note.read_text(encoding="utf-8").split() if note.is_file() else []


def note_old_pages(old: Path, fresh: Path, sample: Iterable[str]) -> None:
    """Note in a fresh report which profiles the old one had: they show the old one's data.

    The note is part of the folder that is swapped, so a run that is cut short forgets nothing.
    """
    _note(fresh, (pages_there(old) | set(pages_to_make(old))) & set(sample))


def forget_made_pages(folder: Path, sample: Iterable[str]) -> None:
    """Strike off the note what has been made, and cities that left the sample."""
    _note(folder, set(pages_to_make(folder)) & set(sample) - pages_there(folder))


def _note(folder: Path, codes: set[str]) -> None:
    note = folder / PAGES / NOTE
    if codes:
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text("".join(f"{code}\n" for code in sorted(codes)), encoding="utf-8")
    else:
        note.unlink(missing_ok=True)


REPORT = ("index.html", "report.pdf", "report.docx")  # a page alone tells what stopped the study


@dataclass(frozen=True)
class Plan:
    """What a refresh has to do.

    Attributes
    ----------
    stale
        (stage, part) of every slice to make, in the order of the flow.
    removed
        Releases that were read from this raw folder and are no longer in it.
    dropped
        Studies that the warehouse holds and that no file describes any more.
    unused
        Orders of sources that the warehouse holds and no study asks for any more.
    forgotten
        Releases that were refused and are no longer in the raw folder.
    settled
        Releases that were refused and are again what the warehouse holds.
    due
        Studies whose city profiles a new report left to be made anew.
    ready
        Studies whose releases are there.
    waiting
        Studies whose releases are not there, each with the reason.
    unfit
        Studies that do not fit the registry, each with the reason: they keep what was last made.
    goal
        Digest of the state that a refresh would reach; it does not change while one is at work.
    """

    stale: tuple[Slice, ...]
    removed: tuple[str, ...]
    ready: tuple[str, ...]
    waiting: dict[str, str]
    goal: str
    dropped: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    due: tuple[str, ...] = ()
    unfit: Mapping[str, str] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        """Whether everything is as its inputs would make it."""
        left_behind = self.removed or self.dropped or self.unused or self.forgotten
        return not (self.stale or left_behind or self.settled or self.due)

    def parts(self, stage: str) -> list[str]:
        """Parts of a stage that are to be made."""
        return [part for name, part in self.stale if name == stage]

    def stages(self, study: str) -> list[str]:
        """Stages of a study that are to be made."""
        return [name for name, part in self.stale if part == study and STAGES[name].part == "study"]


def make_plan(settings: Settings, inputs: Inputs, ledger: Ledger) -> Plan:
    """What is out of date, by content.

    Raises
    ------
    OibError
        Where a release that was read has lost its manifest.
    """
    _lost_manifests(inputs, ledger)
    removed = tuple(
        held.release
        for held in ledger.releases.values()
        if held.raw_dir == str(settings.raw) and held.release not in inputs.present
    )
    kept = {name: held for name, held in ledger.releases.items() if name not in removed}
    chain = Chain(inputs, Ledger(ledger.fingerprints, kept, ledger.made_of))
    waiting = {
        name: _why_waiting(study, settings)
        for name, study in inputs.studies.items()
        if not chain.releases_for(study.precedence)
    }
    unfit = _unfit(chain, settings, waiting)
    ready = tuple(name for name in inputs.studies if name not in {*waiting, *unfit})
    slices = _all_slices(chain, ready)
    stale = [key for key in slices if not chain.is_current(*key)]
    stale += [
        ("out_report", name)
        for name in ready
        if ("out_report", name) not in stale
        and not all((settings.reports / name / file).is_file() for file in REPORT)
    ]
    everything = replace(inputs, arrivals={**inputs.arrivals, **inputs.aside})
    goal = _goal(Chain(everything, chain.ledger), ready)
    dropped, unused = _left_behind(inputs, ledger)
    noted = noted_refusals(settings)
    forgotten = tuple(name for name in noted if name not in inputs.present)
    read = {name for name in inputs.arrivals if ("raw_observations", name) not in stale}
    chosen = not any(stage == "core_sources" for stage, _ in stale)
    settled = tuple(name for name in noted if name in read and chosen)
    due = tuple(name for name in ready if pages_to_make(settings.reports / name))
    return Plan(
        tuple(stale), removed, ready, waiting, goal, dropped, unused, forgotten, settled, due, unfit
    )


def _unfit(chain: Chain, settings: Settings, waiting: Collection[str]) -> dict[str, str]:
    """Studies that do not fit the registry; one whose panel is up to date was found to fit."""
    studies = chain.inputs.studies
    asked = [
        study
        for name, study in studies.items()
        if name not in waiting and not chain.is_current("core_study_panel", name)
    ]
    return unfit_studies(settings.registry, asked)


def _goal(chain: Chain, ready: tuple[str, ...]) -> str:
    return digest(*(chain.expected(*key) for key in _all_slices(chain, ready)))


def _left_behind(inputs: Inputs, ledger: Ledger) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Studies and orders of sources held without a study file; none where not all were read."""
    if not inputs.complete:
        return (), ()
    held: dict[str, set[str]] = {"study": set(), "precedence": set()}
    for stage, part in ledger.fingerprints:
        if stage in STAGES and STAGES[stage].part in held:
            held[STAGES[stage].part].add(part)
    studies = held["study"] - {*inputs.studies}
    return tuple(sorted(studies)), tuple(sorted(held["precedence"] - {*inputs.precedences}))


def _all_slices(chain: Chain, ready: tuple[str, ...]) -> list[Slice]:
    studies = {name: chain.inputs.studies[name] for name in ready}
    precedences = sorted({study.precedence for study in studies.values()})
    slices = [("raw_observations", name) for name in sorted(chain.inputs.arrivals)]
    for stage in ("core_sources", "core_city_year", "core_indices"):
        slices += [(stage, precedence) for precedence in precedences]
    for name, study in studies.items():
        slices += [(stage, name) for stage in study_stages(study)]
    return slices


def _why_waiting(study: Study, settings: Settings) -> str:
    kind = "synthetic" if study.synthetic else "genuine"
    series = ", ".join(study.sources)
    return f"{settings.raw} holds no {kind} release of its series ({series})"


def _lost_manifests(inputs: Inputs, ledger: Ledger) -> None:
    lost = [name for name in inputs.unlabelled if name in ledger.releases]
    if lost:
        raise OibError(
            f"release {lost[0]!r} was read before and now has no release.yml: put it back, "
            "or move the folder out of the raw folder to take the release out"
        )
