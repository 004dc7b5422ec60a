from pathlib import Path

from index.ingest.ingest import ingest
from index.library.library import Library
from index.search.search import search
from tests.office_files import KINDS


def test_files_of_every_kind_are_in_the_library_with_titles_dates_and_places(library: Library, tmp_path: Path) -> None:
    for name, make in KINDS.items():
        (tmp_path / name).write_bytes(make())
    (tmp_path / "sources.toml").write_text('[documents."a.eml"]\ntitle = "A mail"\ndate = "2024"\n')
    reports = {report.file: report for report in ingest(library, [tmp_path])}
    assert {file for file, report in reports.items() if report.state != "added"} == {"a.eml/plan.pdf"}  # no sound PDF
    assert reports["a.xlsx"].reason == "1 hidden sheet not read"
    facts = {document.file: (document.title, document.date) for document in library.documents()}
    assert facts["a.docx"] == ("Plans for germanium", "2025-03-20")
    assert facts["a.pptx"] == ("Germanium in Korea", "2025-03-20")
    assert facts["a.eml"] == ("A mail", "2024")
    assert facts["a.csv"] == ("a", None)
    for document in library.documents():
        found = library.chunks_of(document.id)
        assert found
        assert all(document.text[chunk.start : chunk.end] == chunk.text for chunk in found)
    places = {hit.chunk.heading for hit in search("What does the furnace of the slide notes say?", library)}
    assert "Slide 1: Germanium in Korea" in places
