from hypothesis import given
from hypothesis import strategies as st

from assistant.checking.cite import attribute, cite
from assistant.types import Answer, Citation, Evidence, EvidenceSpan
from index.embedding.embedder import Embedder

QUOTES = [
    "Korea Zinc is pushing to build a germanium plant with an annual capacity of 12 tons.",
    "It will invest 55.7 billion won to recover about 15 tons of gallium annually.",
    "We have an annual germanium capacity of 50t.",
]


def evidence(*quotes: str) -> Evidence:
    spans = []
    for number, quote in enumerate(quotes, 1):
        citation = Citation(number, f"d{number}", 1, "a.txt", "A", None, 0, len(quote), quote)
        spans.append(EvidenceSpan(citation, 0.9, f"A\n{quote}"))
    return Evidence(tuple(spans), 1.0)


FOUND = evidence(*QUOTES)
drafts = st.lists(
    st.sampled_from(
        ["It makes 12 tons", ".", " ", "\n", "[1]", "[2]", "[9999]", "【1】", "[1-3]", "[1, 2]", "[", "]", "[1", "`[2]`"]
        + ["【3†source】", "[0]", "[^1]", "[2-99999]", "[1–2]", "[source 3]", "```[1]```", "[a](http://x)", "12t", "[-1]"]
    )
    | st.text(max_size=8),
    max_size=30,
).map("".join)


def rendered(answer: Answer) -> dict[str, tuple[int, ...]]:
    return {answer.text[span.start : span.end]: span.numbers for span in answer.spans}


@given(drafts)
def test_every_number_resolves_and_no_marker_is_left(draft: str) -> None:
    answer = cite(draft, FOUND)
    known = {span.citation.number for span in FOUND.spans}
    assert {n for span in answer.spans for n in span.numbers} == {c.number for c in answer.citations} <= known
    for known_marker in ("[1]", "[9999]", "【1】", "[1-3]", "[1, 2]"):
        assert known_marker not in answer.text
    end = 0
    for span in answer.spans:
        assert end <= span.start < span.end <= len(answer.text)
        end = span.end


@given(drafts)
def test_a_sentence_keeps_its_numbers_as_the_draft_grows(draft: str) -> None:
    before: dict[int, set[int]] = {}
    for length in range(len(draft) + 1):
        answer = cite(draft[:length], FOUND)
        numbers = {citation.number: {citation.start} for citation in answer.citations}
        for number, starts in numbers.items():
            assert before.setdefault(number, starts) == starts


def test_markers_become_the_citations_of_their_sentence() -> None:
    answer = cite("It makes 12 tons [1]. Gallium comes too.[2] Both matter [1, 2-3]. Odd [7].", FOUND)
    assert rendered(answer) == {
        "It makes 12 tons.": (1,),
        "Gallium comes too.": (2,),
        "Both matter.": (1, 2, 3),
        "Odd.": (),
    }


def test_half_a_marker_is_held_back() -> None:
    assert cite("It makes 12 tons [", FOUND).text == cite("It makes 12 tons [1", FOUND).text == "It makes 12 tons"


def test_a_sentence_without_marker_is_given_its_source_by_words_and_numbers(embedder: Embedder) -> None:
    text = "Korea Zinc plans 12 tons of germanium a year. The gallium process costs 55.7 billion won. Cats sleep a lot."
    answer = attribute(cite(text, FOUND), FOUND, embedder)
    assert list(rendered(answer).values()) == [(1,), (2,), ()]


def test_a_wrong_marker_is_corrected_and_two_sources_are_found(embedder: Embedder) -> None:
    text = "The germanium plant has a capacity of 12 tons [2]. Korea Zinc plans 12 tons, ours is a capacity of 50t."
    assert list(rendered(attribute(cite(text, FOUND), FOUND, embedder)).values()) == [(1,), (1, 3)]


def test_a_marker_within_a_marker_leaves_none_behind() -> None:
    assert rendered(cite("It makes 12 tons [1[1]].", FOUND)) == {"It makes 12 tons.": (1,)}
