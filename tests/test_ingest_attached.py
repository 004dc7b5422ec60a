"""Files attached to mails: documents of their own that name their mail, and live and go with it."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from index.ingest.ingest import ingest
from index.ingest.walk import read_whole
from index.library.erase import erase, named
from index.library.library import Library
from index.settings import IndexSettings
from tests.hashed import Hashed

PRICES = b"part,price\nP-1,12\nP-2,13\n"


def mail(subject: str, *attached: tuple[str, bytes], within: EmailMessage | None = None) -> EmailMessage:
    made = EmailMessage()
    made["Subject"], made["From"], made["Date"] = subject, "Ann <ann@a.example>", "Mon, 02 Mar 2026 10:00:00 +0000"
    made.set_content(f"This is {subject}.")
    for name, data in attached:
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    if within:
        made.add_attachment(within)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A mail with a table, an archive, and a mail with a text."""
    (tmp_path / "docs").mkdir()
    inner = mail("Old offer", ("deep.txt", b"The old price was 80."))
    outer = mail("Offer", ("prices.csv", PRICES), ("a.zip", b"x"), within=inner)
    (tmp_path / "docs" / "offer.eml").write_bytes(outer.as_bytes())
    return tmp_path / "docs"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library(IndexSettings(home=tmp_path / "home"), Hashed())
    yield made
    made.close()


def states(library: Library, *paths: Path) -> dict[str, str]:
    return {report.file: report.state for report in ingest(library, paths)}


def test_they_are_documents_that_name_their_mail(library: Library, folder: Path) -> None:
    reports = {report.file: report for report in ingest(library, [folder])}
    assert {file: report.state for file, report in reports.items()} == {
        "offer.eml": "added",
        "offer.eml/prices.csv": "added",
        "offer.eml/a.zip": "failed",
        "offer.eml/Old offer.eml": "added",
        "offer.eml/Old offer.eml/deep.txt": "added",
    }
    assert "unpack it" in reports["offer.eml/a.zip"].reason
    assert all(report.number <= report.total == 1 and report.share <= 1 for report in reports.values())
    found = {one.file: (one.title, one.date) for one in library.documents()}
    assert found["offer.eml/prices.csv"] == ("prices (attached to: Offer)", "2026-03-02")
    assert found["offer.eml/Old offer.eml/deep.txt"][0] == "deep (attached to: Old offer)"
    assert states(library) == {"offer.eml": "unchanged"} and len(library.documents()) == 4
    assert read_whole(folder / "offer.eml" / "prices.csv") == PRICES
    assert read_whole(folder / "offer.eml" / "Old offer.eml" / "deep.txt").startswith(b"The old")


def test_they_go_with_their_mail_and_move_with_it(library: Library, folder: Path) -> None:
    states(library, folder)
    (folder / "offer.eml").rename(folder / "new.eml")
    states(library)
    assert [one.file for one in library.documents()] == [
        "new.eml",
        "new.eml/Old offer.eml",
        "new.eml/Old offer.eml/deep.txt",
        "new.eml/prices.csv",
    ]
    (folder / "new.eml").write_bytes(mail("Offer", ("prices.csv", PRICES + b"P-3,14\n")).as_bytes())
    found = states(library)
    assert found["new.eml/prices.csv"] == "updated" and found["new.eml/Old offer.eml/deep.txt"] == "removed"
    assert [one.file for one in library.documents()] == ["new.eml", "new.eml/prices.csv"]
    (folder / "new.eml").unlink()
    (folder / "b.txt").write_text("Zinc is a metal.")
    states(library)
    assert [one.file for one in library.documents()] == ["b.txt"] and library.store.count() == 1


def test_a_copy_of_a_mail_has_them_too(library: Library, folder: Path) -> None:
    states(library, folder)
    (folder / "copy.eml").write_bytes((folder / "offer.eml").read_bytes())
    states(library)
    (folder / "offer.eml").unlink()
    states(library)
    assert "copy.eml/prices.csv" in {one.file for one in library.documents()} and len(library.documents()) == 4


def test_one_that_a_person_removed_stays_away_until_its_mail_is_named(library: Library, folder: Path) -> None:
    states(library, folder)
    erase(library, [named(library.engine, "offer.eml/prices.csv", str(folder / "offer.eml" / "prices.csv"))])
    (folder / "offer.eml").write_bytes(mail("Offer again", ("prices.csv", PRICES)).as_bytes())
    states(library)
    [removed] = [one for one in library.files() if one.file == "offer.eml/prices.csv"]
    assert f"`quarry ingest {folder / 'offer.eml'}` brings it back" in removed.reason
    assert "offer.eml/prices.csv" not in {one.file for one in library.documents()}
    states(library, folder / "offer.eml")
    assert "offer.eml/prices.csv" in {one.file for one in library.documents()}


def test_removing_a_mail_removes_them(library: Library, folder: Path) -> None:
    states(library, folder)
    erased = erase(library, [named(library.engine, "offer.eml", str(folder / "offer.eml"))])
    assert len(erased.files) == 5 and library.documents() == [] and states(library) == {}


def test_an_ingest_given_up_midway_loses_nothing_that_is_attached(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.ingest.batches.BATCH", 1)
    for number in range(1, 5):
        reports = ingest(library, [folder])
        for report, _ in zip(reports, range(number), strict=False):
            assert report.file != "offer.eml" or len(library.documents()) == 4
        reports.close()
    states(library, folder)
    assert len(library.documents()) == 4


def test_a_renamed_mail_s_files_keep_their_ids_and_one_of_another_title_names_that(library: Library, folder: Path) -> None:
    states(library, folder)
    ids = {one.file.removeprefix("offer"): one.id for one in library.documents()}
    (folder / "offer.eml").rename(folder / "new.eml")
    assert states(library)["new.eml"] == "renamed"
    assert {one.file.removeprefix("new"): one.id for one in library.documents()} == ids
    (folder / "new.eml").write_bytes(mail("Cancelled", ("prices.csv", PRICES)).as_bytes())
    states(library)
    assert {one.title for one in library.documents()} == {"Cancelled", "prices (attached to: Cancelled)"}


def test_one_within_a_mail_ingested_alone_stays_away_too(library: Library, folder: Path) -> None:
    alone = folder / "offer.eml"
    states(library, alone)
    deep = "offer.eml/Old offer.eml/deep.txt"
    erase(library, [named(library.engine, "deep", str(folder / deep))])
    assert deep not in states(library) and len(library.documents()) == 3
    [removed] = [one for one in library.files() if one.file == deep]
    assert f"`quarry ingest {alone}` brings it back" in removed.reason
    assert states(library, alone)[deep] == "added"


def test_what_could_not_be_read_is_tried_again(library: Library, folder: Path) -> None:
    (folder / "offer.eml").write_bytes(mail("Offer", ("prices.pdf", b"x"), ("a.zip", b"x")).as_bytes())
    assert states(library, folder)["offer.eml/prices.pdf"] == "failed"
    assert states(library) == {"offer.eml": "unchanged", "offer.eml/prices.pdf": "failed", "offer.eml/a.zip": "failed"}


def test_mails_within_mails_are_read_three_deep(library: Library, folder: Path) -> None:
    made = mail("Last", ("deep.txt", b"Nobody reads this."))
    for number in (4, 3, 2, 1):
        made = mail(f"{number}", (f"{number}.txt", f"Plant {number} makes tin.".encode()), within=made)
    (folder / "offer.eml").write_bytes(made.as_bytes())
    states(library, folder)
    texts = {one.file.rpartition("/")[2] for one in library.documents() if one.file.endswith(".txt")}
    assert texts == {"1.txt", "2.txt", "3.txt"}
