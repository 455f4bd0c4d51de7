"""Pictures of a source, fetched: by commit, with their sum, without those of evaluations."""

import hashlib
from pathlib import Path

import pytest

from scripts.train import data
from tests.integration.train.builders import Repository, a_source, jpeg, noise


def evaluation(folder: Path) -> Path:
    """Labelled data in LFW's form: three people, one of their pictures."""
    folder.mkdir()
    (folder / "pairs_fold1.txt").write_text("Ann_Lee\t1\t2\nAnn_Lee\t1\tBo_Ray\t1\n")
    (folder / "watchlist_1n.txt").write_text("gallery\tCy_Fox/Cy_Fox_0001.jpg\n")
    (folder / "seen.jpg").write_bytes(jpeg(noise(60, 60, seed=9)))
    return folder


def test_people_are_known_by_every_list_of_an_evaluation(tmp_path: Path) -> None:
    known = data.people_of(evaluation(tmp_path / "labelled"))
    assert known == {"Ann_Lee", "Bo_Ray", "Cy_Fox"}
    assert data.people_of(None) == frozenset()


def test_a_step_fetches_what_the_list_names_and_nothing_of_an_evaluation(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = {
        "pictures/Ann_Lee/1.jpg": noise(60, 60, seed=1),
        "pictures/Dee_Kay/1.jpg": noise(60, 60, seed=2),
        "pictures/Dee_Kay/2.JPG": noise(60, 60, seed=9),
    }
    for path, picture in pictures.items():
        repository.add(path, jpeg(picture))
    repository.add("pictures/Dee_Kay/notes.txt", b"no picture")
    repository.add("elsewhere/3.jpg", jpeg(noise(60, 60, seed=3)))
    commit = repository.commit()
    sums = [hashlib.sha256(jpeg(picture)).hexdigest() for picture in pictures.values()]
    whole = hashlib.sha256("".join(sums).encode()).hexdigest()
    source = a_source(repository, commit, sha256=whole, people_by_folder=True)
    monkeypatch.setattr(data, "read_sources", lambda: [source])
    work, labelled = tmp_path / "run", evaluation(tmp_path / "labelled")

    data.main([str(work), "--evaluation", str(labelled)])

    fetched = work / "pictures" / "shop"
    assert [path.name for path in fetched.iterdir()] == ["pictures__Dee_Kay__1.jpg"]
    (fetched / "mine").touch()
    data.main([str(work), "--evaluation", str(labelled)])
    assert (fetched / "mine").exists(), "a source that is there is left alone"


def test_pictures_that_are_not_those_of_the_list_end_the_step(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.add("pictures/1.jpg", jpeg(noise(60, 60)))
    source = a_source(repository, repository.commit(), sha256="0" * 64)
    monkeypatch.setattr(data, "read_sources", lambda: [source])
    with pytest.raises(SystemExit, match="shop: the pictures have sha256"):
        data.main([str(tmp_path / "run")])
    with pytest.raises(SystemExit, match="shop: the pictures have sha256"):
        data.main([str(tmp_path / "run")])


def test_nothing_stays_of_a_run_that_was_stopped_and_left_out_other_people(
    repository: Repository, tmp_path: Path
) -> None:
    repository.add("pictures/Ann_Lee/1.jpg", jpeg(noise(60, 60)))
    source = a_source(repository, repository.commit(), people_by_folder=True)
    into = tmp_path / "run" / "shop"
    stopped = tmp_path / "run" / "shop.part"
    stopped.mkdir(parents=True)
    (stopped / "pictures__Ann_Lee__1.jpg").touch()
    data.fetch(source, repository.folder, into, frozenset({"Ann_Lee"}), frozenset())
    assert list(into.iterdir()) == []


def test_a_copy_of_the_repository_is_used_where_it_lies(
    repository: Repository, tmp_path: Path
) -> None:
    repository.add("pictures/1.jpg", jpeg(noise(60, 60)))
    commit = repository.commit()
    source = a_source(repository, commit, repository="https://code.invalid/somebody/pictures")
    copy = tmp_path / "copies" / "somebody+pictures" / "repo"
    copy.parent.mkdir(parents=True)
    repository.folder.rename(copy)
    assert data.repository(source, tmp_path / "copies", tmp_path / "run") == copy


def test_a_file_that_a_copy_lacks_is_passed_over(repository: Repository) -> None:
    repository.add("pictures/1.jpg", b"content")
    source = a_source(repository, repository.commit())
    found, *_ = data.listed(repository.folder, source)[0]
    assert list(data.contents(repository.folder, ["0" * 40, found])) == [b"", b"content"]
