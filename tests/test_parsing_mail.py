"""A mail's text: who wrote to whom and when, what it quotes under headings that say who wrote that, what it carries."""

import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.parsing.file import parse
from index.parsing.formats.mail_quotes import threaded
from index.parsing.titles import telling
from tests.office_files import make_eml

REPLY = """The driver comes at 15:30.

Sofia

On Tue, 11 Mar 2025 at 09:15, Dirk Haas <d@haas.example>
wrote:
> Please pick up the pallets at 11:00.
>
> Am 10.03.2025 schrieb Ann:
>> How many are there?

P.S. Bring the papers.
"""

FORWARDED = """It is ready in room 204.

-----Original Message-----
From: Lena Ortiz <ortiz@corp.example>
Sent: Tuesday, September 2, 2025 10:15 AM
To: Service Desk <desk@corp.example>

We need a laptop.
"""


def test_what_is_quoted_stands_below_who_wrote_it() -> None:
    assert threaded(REPLY, "Sofia wrote to Dirk").split("\n") == [
        *("The driver comes at 15:30.", "", "Sofia"),
        *("", "## On Tue, 11 Mar 2025 at 09:15, Dirk Haas <d@haas.example> wrote:", ""),
        "Please pick up the pallets at 11:00.",
        *("", "### Am 10.03.2025 schrieb Ann:", "", "How many are there?"),
        *("", "# Sofia wrote to Dirk", "", "", "P.S. Bring the papers.", ""),
    ]


def test_the_headers_of_a_mail_below_a_rule_are_its_heading() -> None:
    who = "## From: Lena Ortiz <ortiz@corp.example>; Sent: Tuesday, September 2, 2025 10:15 AM; To: Service Desk"
    text = threaded(FORWARDED, "Desk wrote")
    assert (
        text == f"It is ready in room 204.\n\n-----Original Message-----\n\n{who} <desk@corp.example>\n\nWe need a laptop.\n"
    )


@pytest.mark.parametrize(
    "text", ["> nobody said this", "See below\n> a line", "Name: a\nTown: b\nStreet: c\n", "---\n\nA: b\n"]
)
def test_what_is_quoted_without_a_word_of_who_wrote_it_stays(text: str) -> None:
    assert threaded(text, "Sofia wrote") == text


LINES = st.sampled_from(["", "> a", ">> b", "Ann wrote:", "# x", "-----", "To: me", "words"])


@given(st.lists(LINES | st.text(), max_size=12))
def test_no_word_is_lost(lines: list[str]) -> None:
    words = [word for line in lines for word in line.replace(">", " ").replace("*", " ").split() if word.isalnum()]
    text = threaded("\n".join(lines), "Sofia wrote").replace(";", " ").replace(">", " ").replace("*", " ").split()
    assert [word for word in words if word not in text] == []


def test_who_wrote_to_whom_and_when_is_a_sentence() -> None:
    subject, who = parse(Path("a.eml"), make_eml()).text.split("\n\n")[:2]
    assert subject == "Subject: Plans für germanium"
    assert who == "Wu <wu@example.org> wrote to Kim <kim@example.org> on Thursday, 20 March 2025, 09:30."
    for header, said in (("Cc", "Written (copy to a@b.c)."), ("From", "a@b.c wrote."), ("To", "Written to a@b.c.")):
        assert said in parse(Path("a.eml"), f"{header}: a@b.c\n\nHello.".encode()).text


def test_what_is_attached_is_given_under_names_that_differ_and_are_no_paths() -> None:
    mail, inner = EmailMessage(), EmailMessage()
    inner["Subject"] = "Old"
    inner.set_content("Older still.")
    mail["Subject"] = "New"
    mail.set_content("See below.")
    for name in ("plan.txt", "../../plan.txt", "plan.txt", ".txt", "x" * 300 + ".txt"):
        mail.add_attachment(name.encode(), maintype="application", subtype="octet-stream", filename=name)
    mail.add_attachment(b"x", maintype="application", subtype="zip", filename="a.zip")
    mail.add_attachment(b"x", maintype="text", subtype="calendar", filename="invitation.ics")
    mail.add_attachment(b"x", maintype="image", subtype="png", filename="logo.png", disposition="inline")
    mail.add_attachment(inner)
    content = parse(Path("a.eml"), mail.as_bytes())
    names = [one.name for one in content.attached]
    assert names == ["plan.txt", "_.._plan.txt", "plan-2.txt", "x" * 100 + ".txt", "a.zip", "Old.eml"]
    assert len(set(names)) == len(names) and all("/" not in name and len(name) < 210 for name in names)
    assert content.attached[-1].name == "Old.eml" and b"Older still." in content.attached[-1].data
    assert content.note == "attached files are not read: txt, invitation.ics" and "logo.png" not in content.text


def carried(mail: bytes) -> list[str]:
    content = parse(Path("a.eml"), mail)
    return [*(one.name for one in content.attached), content.note]


def mime(kind: str, *parts: str, mark: str) -> str:
    return (
        f"Content-Type: multipart/{kind}; boundary={mark}\n\n"
        + "".join(f"--{mark}\n{part}\n" for part in parts)
        + f"--{mark}--\n"
    )


TABLE = "Content-Type: text/csv; name=p.csv\nContent-Disposition: attachment; filename=p.csv\n\na,b\n1,2\n"
WORDS, PAGE = "Content-Type: text/plain\n\nHello.\n", "Content-Type: text/html\n\n<p>Hello.</p>\n"


@pytest.mark.parametrize(
    "body",
    [
        mime("alternative", WORDS, mime("mixed", PAGE, TABLE, mark="b"), mark="a"),
        mime("mixed", mime("related", PAGE, TABLE, mark="b"), mark="a"),
        mime("mixed", mime("mixed", WORDS, TABLE, mark="b"), WORDS, mark="a"),
        mime("signed", mime("mixed", WORDS, TABLE, mark="b"), "Content-Type: text/x-sig\n\nx\n", mark="a"),
        TABLE,
    ],
)
def test_what_is_attached_is_found_however_programs_pack_it(body: str) -> None:
    assert carried(f"Subject: a\nMIME-Version: 1.0\n{body}".encode()) == ["p.csv", ""]


def test_mails_within_a_mail_are_named_as_mails_and_broken_names_mended() -> None:
    inner = "Content-Type: message/rfc822{}\n\nFrom: a@b.c\n\nHello.\n"
    body = mime("mixed", WORDS, inner.format(""), inner.format('; name="Re: Offer"'), inner.format(""), mark="a")
    assert carried(f"Subject: a\n{body}".encode()) == ["mail.eml", "Re: Offer.eml", "mail-2.eml", ""]
    odd = TABLE.replace("filename=p.csv", "filename*=utf-8''a%00b.csv")
    assert carried(f"Subject: a\n{mime('mixed', WORDS, odd, odd, mark='a')}".encode()) == ["a b.csv", "a b-2.csv", ""]


@pytest.mark.parametrize(
    "text", ["-" * 40_000, "-----\n" + " " * 9000 + "x", "> x\n\n" * 9000, "A: b\n" * 9000, "x:\n> y\n" * 3000]
)
def test_no_form_of_a_text_takes_long(text: str) -> None:
    start = time.perf_counter()
    threaded(text, "Sofia wrote")
    telling("a" + "." * 20_000 + "a")
    assert time.perf_counter() - start < 2


def test_a_block_of_fields_below_a_rule_is_no_mail_and_two_parts_of_one_quotation_are_one() -> None:
    order = "Hello,\n----- Order for plant 7 -----\nOrder: 5\nItem: pump\nPrice: 3\nThanks, Ann\n"
    assert threaded(order, "Ann wrote") == order
    text = threaded("Ann wrote:\n \n> Our list is:\n\n> zinc\n> tin\n", "Bob wrote")
    assert text == "\n## Ann wrote:\n\nOur list is:\n\nzinc\ntin\n"
