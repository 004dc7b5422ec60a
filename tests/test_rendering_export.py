import json
import re

from assistant.history.history import CONVERSATION
from assistant.page.answer_html import page_html
from assistant.page.source_html import source_html
from assistant.rendering.export import cited, conversation_object, markdown
from assistant.rendering.render import json_line, terminal
from assistant.types import Answer, Conversation, Outdated
from index.types import Document
from tests.stored import AWKWARD, answer, citation, turn

FENCED = re.compile(r"^(`{3,})text\n(.*?)\n\1$", re.DOTALL | re.MULTILINE)
CHANGED = Outdated("arden", 1, "2026-03-03T10:00:00+00:00", removed=False)
REMOVED = Outdated("arden", 1, None, removed=True)


def conversation(*given: Answer) -> Conversation:
    return Conversation("1a", "Zinc *and* [more](http://x)", tuple(turn(given=one) for one in given or (answer(),)))


def test_markdown_has_numbered_references_whose_quotes_are_the_same_to_the_byte() -> None:
    text = markdown(conversation(), ())
    assert text.startswith("# Zinc \\*and\\* more\n")
    assert "\n## What is its capacity?\n" in text
    assert "Searched for: Arden smelter capacity" in text
    assert "Its capacity is 12,5 t. [1] [2]\n" in text
    assert "\\[1\\] The Arden smelter, 2025-03, page 3, a/arden.txt, version 1, characters 7 to" in text
    assert "- 2 statements removed: not supported by the sources\n" in text
    assert [found[2] for found in FENCED.finditer(text)] == [AWKWARD, "Another quote."]
    assert "cited from" not in text


def test_the_query_is_left_out_where_it_is_the_question_without_its_blanks() -> None:
    one = Conversation("1a", "Arden", (turn(" Arden smelter capacity \n"),))
    assert "Searched for" not in markdown(one, ())


def test_markdown_of_a_refusal_shows_the_nearest_passages() -> None:
    refused = Answer(text="Not there.", status="refused", stage="done", nearest=(citation(1, "Near `````"),))
    text = markdown(conversation(refused), ())
    assert "### Nearest passages" in text and "References" not in text
    assert "``````text\nNear `````\n``````" in text


def test_nothing_of_a_document_is_interpreted_outside_the_quotes() -> None:
    hostile = "# Title\n    code\n1. item\n- item\n<img src=x> ![x](http://evil.example/x.png) [7] | $x$ &lt; `a` ~~b~~ \\*"
    text = markdown(conversation(answer(hostile, citation(quote="q"))), ())
    body = FENCED.sub("", text)
    assert "\\# Title  \ncode  \n1\\. item  \n\\- item  \n" in body
    assert "evil" not in body and "<img" not in body and "[7]" not in body.replace("\\[7", "")
    assert "(7) \\| \\$x\\$ \\&lt; \\`a\\` \\~\\~b\\~\\~ \\\\\\*" in body


def test_json_holds_the_conversation_as_it_is_stored() -> None:
    one = conversation()
    line = json_line(conversation_object(one, [CHANGED]))
    assert len(line.splitlines()) <= 2 and "\x1b" not in line  # a quote's U+2028 may stand in JSON
    read = json.loads(line)
    mark = "cited from the version of 3 March 2026; the document has changed since"
    assert read.pop("outdated") == [{"document_id": "arden", "version": 1, "mark": mark}]
    assert CONVERSATION.validate_python(read) == one
    assert read["turns"][0]["answer"]["citations"][0]["quote"] == AWKWARD


def test_a_version_that_is_no_longer_current_is_marked_everywhere_and_its_quote_stays() -> None:
    one = answer("It is so.", citation(1, "It is so."), citation(2, "Other.", "onsan"))
    mark = "cited from the version of 3 March 2026; the document has changed since"
    gone = "cited from version 1; the document was removed since"
    for outdated, said in ((CHANGED, mark), (REMOVED, gone)):
        assert markdown(conversation(one), [outdated]).count(f"characters 7 to 16\n({said})\n\n```text\nIt is so.\n```") == 1
        assert terminal(one, [outdated]).count(said) == page_html(one, [outdated]).count(said) == 1
        assert "“It is so.”" in terminal(one, [outdated])
    assert mark not in terminal(one, [Outdated("arden", 2, CHANGED.written, False)]) + page_html(one)
    document = Document("arden", "default", "t.txt", "Title", "", None, "It is so.", (), 1, "")
    assert "Cited from version 1; the document was removed since." in source_html(document, 0, 2, REMOVED)
    assert "q-since" not in source_html(document, 0, 2)


def test_all_versions_an_answer_cites_or_shows_are_looked_at() -> None:
    assert cited(conversation(answer("a", citation(1, "a", "x", 4)))) == [("x", 4), ("arden", 1)]
