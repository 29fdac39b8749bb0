"""Several processes read a release to the same result as one; one that dies names its file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest
from extract_builders import Page, make_release, xlsx
from extract_pages import cnki_gdp, csmar_gdp, pair_population, unit_row_shares

from oib_pipeline.contract.errors import SourceError
from oib_pipeline.extract import read_files
from oib_pipeline.extract.file import FileReader
from oib_pipeline.extract.release import extract_release


def pages() -> dict[str, bytes]:
    made = [cnki_gdp(), pair_population(), unit_row_shares()]
    return {f"{index}.xlsx": xlsx(page) for index, page in enumerate(made)}


@pytest.fixture
def together(monkeypatch):
    """However small the release and the machine, one process helps."""
    monkeypatch.setattr(read_files, "LARGE", 0)
    monkeypatch.setattr(read_files, "processors", lambda: 2)


@pytest.fixture
def release(tmp_path):
    return make_release(tmp_path / "ccsy-2018", pages())


def test_a_small_release_stays_in_this_process(release):
    assert read_files.helpers(release) == 0


def test_no_more_processes_than_processors_or_files(release, monkeypatch):
    monkeypatch.setattr(read_files, "LARGE", 0)
    for processors, expected in ((1, 0), (2, 1), (64, 2)):
        monkeypatch.setattr(read_files, "processors", lambda n=processors: n)
        assert read_files.helpers(release) == expected


def test_shared_reading_gives_the_same_frames(release, registry, together, monkeypatch):
    shared = extract_release(release, registry)
    monkeypatch.setattr(read_files, "LARGE", 10**12)
    alone = extract_release(release, registry)
    for name in ("observations", "skipped", "findings"):
        pd.testing.assert_frame_equal(getattr(shared, name), getattr(alone, name))


def test_the_other_process_does_its_share(release, registry, monkeypatch):
    job = (release.declared, registry.gazetteer)
    first = threading.Event()

    def slow(name):
        first.wait(60)  # until the other has read all that is left
        return FileReader(*job).read(name)

    original = read_files.Worker.ask

    def counted(self, name):
        answer = original(self, name)
        asked.append(name)
        if len(asked) == 2:
            first.set()
        return answer

    asked: list[str] = []
    monkeypatch.setattr(read_files.Worker, "ask", counted)
    readings = read_files.read_together(release, slow, job, 1)
    assert len(asked) == 2
    assert [reading.file for reading in readings] == list(release.files)


def test_problems_are_the_same_whoever_reads(release, registry, together, monkeypatch, tmp_path):
    files = pages() | {"3.xlsx": b"PK\x03\x04", "4.xlsx": xlsx(Page([["x", 1]]))}
    broken = make_release(tmp_path / "b" / "ccsy-2018", files)
    said = []
    for large in (0, 10**12):
        monkeypatch.setattr(read_files, "LARGE", large)
        with pytest.raises(SourceError) as caught:
            extract_release(broken, registry)
        said.append(str(caught.value))
    assert said[0] == said[1]
    assert "3.xlsx" in said[0] and "4.xlsx" in said[0]


def test_a_process_that_dies_names_the_file_and_the_rest_is_read(release, registry, monkeypatch):
    job = (release.declared, registry.gazetteer)
    original = read_files.Worker._exchange
    victims = []

    def killed(self, message):
        if victims and victims[0] is None:
            victims[0] = message
            os.kill(self._process.pid, signal.SIGKILL)
        answer = original(self, message)
        if not victims:
            victims.append(None)
        return answer

    hold = threading.Event()
    monkeypatch.setattr(read_files.Worker, "_exchange", killed)
    reader = FileReader(*job)
    original_start = read_files.Worker.start

    def start(self):
        ready = original_start(self)
        if victims and victims[0] is not None:
            hold.set()
        return ready

    monkeypatch.setattr(read_files.Worker, "start", start)

    def late(name):
        hold.wait(60)
        return reader.read(name)

    readings = read_files.read_together(release, late, job, 1)
    dead = [reading for reading in readings if reading.problems]
    assert len(dead) == 1 and len(readings) == 3
    assert "ended by signal 9" in dead[0].problems[0].text()
    assert dead[0].problems[0].file == dead[0].file


def test_where_no_process_starts_all_is_read_here(release, registry, together, monkeypatch):
    monkeypatch.setattr(read_files.sys, "executable", "/nowhere/python")
    assert len(extract_release(release, registry).observations) == 20 * (2 + 2 + 6)


def test_a_program_without_a_guard_can_share(tmp_path):
    script = tmp_path / "script.py"
    root = Path(__file__).parents[2]
    make_release(tmp_path / "csmar-2024", {
        "a.xlsx": xlsx(csmar_gdp((2016,))), "b.xlsx": xlsx(csmar_gdp((2017,)))
    }, series="csmar", edition=2024, years=(2016, 2017))  # fmt: skip
    script.write_text(
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from oib_pipeline.extract import extract_release, read_files, read_release\n"
        "from oib_pipeline.registry import load_registry\n"
        "read_files.LARGE, read_files.processors = 0, lambda: 2\n"
        "registry = load_registry(Path(sys.argv[1], 'data/registry'))\n"
        "done = extract_release(read_release(Path(sys.argv[2])), registry)\n"
        "print(len(done.observations))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script), str(root), str(tmp_path / "csmar-2024")],
        capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(20 * 2 * 8)]
