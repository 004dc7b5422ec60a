import time

from hypothesis import given
from hypothesis import strategies as st

from index.passages.sentences import paragraphs, sentences


@given(st.text(alphabet="aB .!?\n\r\t“”。锗😀-1", max_size=120))
def test_spans_are_ordered_trimmed_and_lose_nothing(text: str) -> None:
    for split in (paragraphs, sentences):
        end = 0
        for start, stop in split(text):
            assert text[end:start].strip() == ""
            assert text[start:stop] == text[start:stop].strip() != ""
            end = stop
        assert text[end:].strip() == ""


def test_abbreviations_do_not_end_a_sentence_and_a_missing_blank_does() -> None:
    text = "In Aug., Yusheng Co., Ltd. sold 3.5 t a year.The price rose.\nMr. Wu agreed."
    assert [text[a:b] for a, b in sentences(text)] == [
        "In Aug., Yusheng Co., Ltd. sold 3.5 t a year.",
        "The price rose.",
        "Mr. Wu agreed.",
    ]


def test_a_wrapped_line_is_one_sentence_and_a_list_item_is_its_own() -> None:
    text = "The plant is\nbuilt in Onsan.\n- zinc\n- lead"
    assert [text[a:b] for a, b in sentences(text)] == ["The plant is\nbuilt in Onsan.", "- zinc", "- lead"]


def test_a_no_break_space_before_a_full_stop_is_white_space() -> None:
    text = "Plan A\u00a0. It runs\u2003to 12\u202ft."
    assert [text[a:b] for a, b in sentences(text)] == ["Plan A\u00a0.", "It runs\u2003to 12\u202ft."]


def test_a_huge_paragraph_has_the_sentences_of_its_parts_in_little_time() -> None:
    unit = "锗是一种稀有金属。它在中国生产。"
    text = unit * 20_000
    began = time.monotonic()
    found = sentences(text, wrapped=False)
    assert time.monotonic() - began < 60
    assert [text[start:end] for start, end in found] == ["锗是一种稀有金属。", "它在中国生产。"] * 20_000
