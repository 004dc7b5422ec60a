"""The documents that a text names by their titles, as whole words, the longest title first."""

import pytest

from assistant.tasks.mentioned import titled
from index.types import Document


def document(file: str, title: str) -> Document:
    return Document(file, "default", file, title, "", None, "", (), 1, "")


DOCUMENTS = [
    document("tin.txt", "Tin"),
    document("annual.txt", "Annual report"),
    document("annual-2025.txt", "Annual report\n2025"),
    document("a.txt", "a"),
    document("锗.txt", "锗报告"),
    document("north/letter.txt", "Letter"),
    document("south/letter.txt", "Letter"),
]


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("minutes of the meeting", []),
        ("tin-free solder", []),
        ("Summarise “Tin”.", ["tin.txt"]),
        ("Compare these two (Annual report 2025)", ["annual-2025.txt"]),
        ("Compare the Annual report with the  Annual report 2025", ["annual.txt", "annual-2025.txt"]),
        ("Annual report 2025 and Tin", ["annual-2025.txt", "tin.txt"]),
        ("Summarise a report", []),
        ("Summarise this document (a)", ["a.txt"]),
        ("a", ["a.txt"]),
        ("总结锗报告的内容", ["锗.txt"]),
        ("the Letter", ["north/letter.txt", "south/letter.txt"]),
        ("Compare (Letter, south/letter.txt and Tin)", ["south/letter.txt", "tin.txt"]),
        ("Compare (Letter, south/letter.txt and Letter, north/letter.txt)", ["south/letter.txt", "north/letter.txt"]),
    ],
)
def test_a_title_is_meant_where_it_stands_as_words_of_its_own(text: str, files: list[str]) -> None:
    assert [one.file for one in titled(text, DOCUMENTS)] == files
