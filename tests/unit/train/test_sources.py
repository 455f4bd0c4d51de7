"""The list of sources: facts by which anybody can fetch the same pictures again."""

import re

from scripts.train.sources import read_sources

SOURCES = read_sources()


def test_every_source_has_an_address_a_commit_and_a_sum_of_its_pictures() -> None:
    for source in SOURCES:
        assert re.fullmatch(r"https://[a-z.]+/[^/]+/[^/]+", source.repository), source.name
        assert re.fullmatch("[0-9a-f]{40}", source.commit), source.name
        assert re.fullmatch("[0-9a-f]{64}", source.sha256), source.name


def test_every_source_says_what_is_known_about_its_rights() -> None:
    assert [source.name for source in SOURCES if not source.licence.strip()] == []


def test_names_are_those_of_files_and_none_is_there_twice() -> None:
    names = [source.name for source in SOURCES]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z0-9-]+", name) for name in names)


def test_every_source_has_a_use_and_folders_inside_its_repository() -> None:
    for source in SOURCES:
        assert source.uses, source.name
        assert set(source.uses) <= {"scenes", "portraits"}, source.name
        assert min(source.uses.values()) > 0, source.name
        assert source.folders, source.name
        assert not any(one.startswith("/") or ".." in one for one in source.folders), source.name
