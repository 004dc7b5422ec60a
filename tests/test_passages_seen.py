"""What encoder and reader see of a passage. The form is frozen: the reader's weights were trained on it."""

from hypothesis import given
from hypothesis import strategies as st

from index.passages.seen import Seen, above, seen
from index.passages.sentences import sentences

TABLE = "| Trailer | Tare (kg) | Base |\n| T-157 | 7,395 | Ghent |\n| T-158 | 7,420 | |"


def texts(text: str, header: str = "") -> list[str]:
    return [one.text for one in seen(text, sentences(text), header)]


def test_title_and_headings_stand_above_each_once() -> None:
    assert above("Annual report 2022", "Key figures > Staff") == "Annual report 2022 > Key figures > Staff"
    assert above("Lease", "Lease > Rent") == "Lease > Rent"
    assert above("A\n title", "") == "A title"
    assert len(above("x" * 500, "")) == 80


def test_a_row_is_seen_with_the_names_of_its_columns() -> None:
    assert texts(TABLE) == [
        "Trailer; Tare (kg): Base",
        "Trailer: T-157; Tare (kg): 7,395; Base: Ghent",
        "Trailer: T-158; Tare (kg): 7,420",
    ] or texts(TABLE)[1:] == ["Trailer: T-157; Tare (kg): 7,395; Base: Ghent", "Trailer: T-158; Tare (kg): 7,420"]


def test_a_later_chunk_of_a_table_is_seen_with_its_first_row() -> None:
    assert texts("| T-201 | 8,000 | Mons |", "| Trailer | Tare (kg) | Base |") == [
        "Trailer: T-201; Tare (kg): 8,000; Base: Mons"
    ]


def test_two_columns_of_names_and_values_have_no_header() -> None:
    assert texts("| Landlord | Krume Ltd |\n| Tenant | Lumen SA |") == ["Landlord: Krume Ltd", "Tenant: Lumen SA"]


def test_two_columns_with_figures_below_a_name_have_one() -> None:
    assert texts("| Branch | Claims |\n| Leeds | 1483 |\n| Exeter | 967 |")[1:] == [
        "Branch: Leeds; Claims: 1483",
        "Branch: Exeter; Claims: 967",
    ]


def test_prose_is_seen_with_single_blanks() -> None:
    assert texts("The rent\nis 300  euros.") == ["The rent is 300 euros."]


def test_what_is_seen_of_a_cell_leads_back_to_it() -> None:
    row = seen(TABLE, sentences(TABLE))[1]
    at = row.text.index("7,395")
    start, end = row.source(at, at + 5) or (0, 0)
    assert TABLE[start:end] == "7,395"
    name = row.text.index("Tare")
    assert row.source(name, name + 4) is None


@given(st.text(alphabet="ab1 \n\t.|-é中", max_size=60))
def test_every_part_is_the_text_s_own(text: str) -> None:
    for one in seen(text, sentences(text)):
        assert isinstance(one, Seen)
        for start, end, there in one.parts:
            assert one.text[start:end] == text[there : there + end - start]
        assert one.source(0, len(one.text)) is not None


def test_a_sentence_within_a_row_is_no_row_and_empty_cells_keep_their_places() -> None:
    text = "| Name | Note | Price |\n|---|---|---|\n| Pump | It leaks badly. Replace it soon. | 5 |\n| | 7 | 8 |"
    spans = sentences(text)
    found = {text[start:end]: one for (start, end), one in zip(spans, seen(text, spans), strict=True)}
    assert [one.names for own, one in found.items() if "leaks" in own] == [()]
    assert found["| | 7 | 8 |"].cells == ("", "7", "8")
