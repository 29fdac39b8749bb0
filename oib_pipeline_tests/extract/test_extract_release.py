"""A manifest is held to its fields, and a release's files to their checksums."""

from __future__ import annotations

import pytest
import yaml
from extract_builders import MANIFESTS, extract, make_release, xlsx
from extract_pages import cnki_gdp

from oib_pipeline.contract.errors import SourceError
from oib_pipeline.contract.manifest import find_releases, manifest_of, read_release, sha256, verify
from oib_pipeline.extract.draft import draft_manifest
from oib_pipeline.extract.layouts.layout import series_names


@pytest.fixture
def release(tmp_path):
    return make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(cnki_gdp())})


def rewrite(found, /, **changes):
    path = found.folder / "release.yml"
    declared = yaml.safe_load(path.read_text()) | changes
    path.write_text(yaml.safe_dump({k: v for k, v in declared.items() if v is not None}))


def test_a_sound_release_verifies_and_keeps_its_digest(release):
    assert verify(release) == []
    again = read_release(release.folder)
    assert again.digest == release.digest
    rewrite(release, licence="other")
    assert read_release(release.folder).digest != release.digest


def test_a_missing_an_altered_and_an_extra_file_are_each_named(release):
    path = release.folder / "a.xlsx"
    declared = release.files["a.xlsx"]
    path.write_bytes(path.read_bytes() + b" ")
    (problem,) = verify(release)
    assert (problem.file, declared in problem.expected) == ("a.xlsx", True)
    assert sha256(path) in problem.found
    (release.folder / "b.xlsx").write_bytes(b"x")
    assert [p.file for p in verify(release)] == ["a.xlsx", "b.xlsx"]
    path.unlink()
    assert "no such file" in verify(release)[0].found


def test_an_altered_release_does_not_load(release, registry):
    from oib_pipeline.extract.release import extract_release

    (release.folder / "a.xlsx").write_bytes(xlsx(cnki_gdp()) + b" ")
    with pytest.raises(SourceError, match=r"a\.xlsx: found sha256"):
        extract_release(release, registry)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"publisher": None}, "publisher"),
        ({"data_years": [2018, 2017]}, "first and a last year"),
        ({"data_years": [2017, 2019]}, "after the 2018 edition"),
        ({"retrieved": "yesterday"}, "retrieved"),
        ({"files": {}}, "files"),
        ({"files": {"../x.xlsx": "0" * 64}}, "plain file name"),
        ({"files": {"/etc/passwd": "0" * 64}}, "plain file name"),
        ({"files": {"a.xlsx": "abc"}}, "files"),
        ({"colour": "red"}, "colour"),
        ({"release": "other"}, "release: other"),
    ],
)
def test_a_manifest_that_is_not_whole_names_the_field(release, changes, place):
    rewrite(release, **changes)
    with pytest.raises(SourceError, match=place):
        read_release(release.folder)


def test_no_manifest_says_where_to_put_one(tmp_path):
    (tmp_path / "ccsy-2018").mkdir()
    with pytest.raises(SourceError, match=r"release\.yml"):
        read_release(tmp_path / "ccsy-2018")


def test_an_edition_cannot_hold_its_own_year(tmp_path, registry):
    page = cnki_gdp()
    with pytest.raises(SourceError, match="edition is not data year"):
        extract(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(page)}, registry, years=(2018, 2018))


def test_manifests_may_stand_elsewhere(release, tmp_path):
    elsewhere = tmp_path / "manifests"
    elsewhere.mkdir()
    (release.folder / "release.yml").rename(elsewhere / "ccsy-2018.yml")
    (found,) = [f for f in find_releases(tmp_path, elsewhere) if f.release == "ccsy-2018"]
    assert read_release(found.folder, found.manifest).files == release.files
    assert manifest_of(release.folder) is None


def test_a_drafted_manifest_needs_only_its_blanks_filled(release):
    text = draft_manifest(release.folder)
    with pytest.raises(SourceError):
        (release.folder / "release.yml").write_text(text)
        read_release(release.folder)
    for mark, value in (("data_years: [TO COMPLETE, TO COMPLETE]", "data_years: [2017, 2017]"),
                        ("retrieved: TO COMPLETE", "retrieved: 2026-01-01")):  # fmt: skip
        text = text.replace(mark, value)
    (release.folder / "release.yml").write_text(text)
    assert read_release(release.folder).files == release.files


def test_shipped_manifests_name_known_series_and_no_licence_to_redistribute():
    for path in sorted(MANIFESTS.glob("*.yml")):
        declared = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert declared["release"] == path.stem
        assert declared["series"] in series_names()
        assert declared["licence"] == "not redistributable; not part of this project"
        assert declared["synthetic"] is False
