from pathlib import Path

import pytest

from index.parsing.file import parse


def read(text: str) -> tuple[str, str]:
    content = parse(Path("a.md"), text.encode())
    assert content.text == text
    return content.title, content.date


def test_front_matter_gives_title_and_date_and_stays_part_of_the_text() -> None:
    assert read("---\ntitle: 'Plans: one'\ndate: 2025-03-20\n---\n# Heading\n") == ("Plans: one", "2025-03-20")
    assert read("\ufeff---\r\nTitle: Plans\r\ndate: 2025-03-20 09:30:00\r\n---\r\ntext") == ("Plans", "2025-03-20")


def test_front_matter_without_a_title_leaves_it_to_the_heading() -> None:
    assert read("---\n# a comment\ndate: 2025\n---\n# Heading\n") == ("Heading", "2025")


@pytest.mark.parametrize("matter", ["a: b: c", "- a list", "date: 2025-02-31", "title: [", "&a [*a, *a]", "date: soon", ""])
def test_front_matter_that_is_none_is_only_text(matter: str) -> None:
    assert read(f"---\n{matter}\n---\n# Heading\n") == ("Heading", "")


def test_a_rule_within_a_text_is_no_front_matter() -> None:
    assert read("# Heading\n---\ntitle: no\n---\n") == ("Heading", "")
