"""Damaged and hostile files of every kind that is read, the same each time: their names and bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from random import Random

from index.parsing.file import READERS
from tests.hostile_office import SOUND, hostile_archives
from tests.test_parsing_file import make_pdf

HUGE = 199_000_000
"""Bytes of the largest files, just under what is read at all."""

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {one} "{f"&{before};" * 10}">' for before, one in zip("abcdefghi", "bcdefghij", strict=True))
    + "]><x>&j;</x>"
).encode()
"""A billion laughs."""

OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'

TEXT = "The plant makes 12 tons of germanium a year. It opens in 2028. Zinc is a metal that people mine.\n\n"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file to be: its name, and what makes its bytes when it is wanted, as some are large."""

    name: str
    data: Callable[[], bytes]


def hostile_files() -> list[Hostile]:
    """All of them, in a fixed order."""
    numbers = count(1)
    return [Hostile(f"{next(numbers):04} {name}", data) for name, data in _all(Random(7))]


def _all(random: Random) -> Iterator[tuple[str, Callable[[], bytes]]]:
    kinds = list(READERS)
    sound = {".pdf": make_pdf(*[TEXT.strip()] * 20), ".txt": TEXT.encode() * 50, ".md": b"# A\n\n" + TEXT.encode() * 50}
    sound |= {kind: make() for kind, make in SOUND.items()}
    for kind in kinds:
        own = sound.get(kind, TEXT.encode() * 50)
        for size in (0, 1, 7, 1000, 100_000):
            yield f"random{kind}", _given(random.randbytes(size))
        for _ in range(8):
            yield f"truncated{kind}", _given(own[: random.randrange(len(own))])
        for _ in range(8):
            yield f"flipped{kind}", _given(flipped(own, random, 40))
        for other, data in sound.items():
            yield f"{other[1:]} as{kind}", _given(data)
        yield f"blank{kind}", _given(b" \n\t\r\n" * 1000)
        yield f"zeros{kind}", _given(bytes(100_000))
        yield f"markup{kind}", _given(b"<div>" * 20_000)
        yield f"braces{kind}", _given(b'{"a":[' * 100_000)
        yield f"bomb{kind}", _given(BOMB)
        yield f"outside{kind}", _given(OUTSIDE)
        yield f"head alone{kind}", _given(b"%PDF-1.7\n")
        yield f"macro\n\x1b[31m{kind}", _given(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.randbytes(4000))
    yield from _texts(kinds)
    yield from _pdfs(sound[".pdf"], random)
    yield from hostile_archives()
    for kind in ("docm", "xlsm"):  # kinds that are not read: under the name of a text
        yield f"macros.{kind}.txt", _given(SOUND[f".{kind[:-1]}x"]())


def _texts(kinds: list[str]) -> Iterator[tuple[str, Callable[[], bytes]]]:
    for kind in [kind for kind in (".txt", ".md", ".csv", ".html", ".eml") if kind in kinds]:
        yield f"5 MB line{kind}", lambda: b"a" * 5_000_000
        yield f"5 MB words{kind}", lambda: b"ab " * 1_600_000
        yield f"headings{kind}", lambda: b"# H\n" * 20_000
        yield f"short lines{kind}", lambda: b"ab\n" * 100_000
        yield f"table{kind}", lambda: b"| a | b |\n" * 20_000
        yield f"cells{kind}", lambda: b"a,b;c\td\n" * 20_000
        yield f"one heading{kind}", lambda: b"# " + b"# " * 50_000 + b"x\n\ntext"
        yield f"blank heading{kind}", lambda: b"#" + b" " * 1_000_000 + b"\n# x\n\ntext"
        yield f"quotes{kind}", lambda: '"(\u201c'.encode() * 20_000
        yield f"han{kind}", lambda: "锗是一种稀有金属。".encode() * 20_000
        yield f"formulas{kind}", _given(b"=HYPERLINK(\"http://x\"),=cmd|' /C calc'!A0,@SUM(1)\n" * 100)
        yield f"zero within{kind}", _given(TEXT.encode() + b"\0" + TEXT.encode())
        yield f"bad utf-8{kind}", _given(TEXT.encode() + b"\xff\xc0\x80\xed\xa0\x80" * 50)
        yield f"bad utf-16{kind}", _given(b"\xff\xfe" + b"\x00\xd8" * 101)
        yield f"odd utf-16{kind}", _given(b"\xff\xfe" + TEXT.encode("utf-16-le") + b"a")
        yield f"wrong mark{kind}", _given(b"\xfe\xff" + TEXT.encode())
        yield f"utf-32{kind}", _given(TEXT.encode("utf-32"))
        yield f"\u202etxt.exe{kind}", _given(TEXT.encode())
        yield f"😀\u200f\u2066{kind}", _given(TEXT.encode())
        yield f"controls{kind}", _given(bytes(range(1, 32)) * 1000)
        yield f"zero width{kind}", lambda: "\u200b\n".encode() * 20_000
        yield f"200 MB{kind}", lambda: b"a,b\n" * (HUGE // 4)
        yield f"too large{kind}", lambda: b"a" * 200_000_001


def _pdfs(sound: bytes, random: Random) -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield "10,000 pages.pdf", lambda: make_pdf(*[TEXT.strip()] * 10_000)
    yield "password.pdf", _given(protected("Secret plans."))
    yield "loop of pages.pdf", _given(pdf("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] /Count 9 >>"))
    yield (
        "loop of parents.pdf",
        _given(
            pdf(
                "<< /Type /Catalog /Pages 2 0 R >>",
                "<< /Type /Pages /Kids [3 0 R] /Parent 3 0 R /Count 2147483647 >>",
                "<< /Type /Pages /Kids [2 0 R] /Parent 2 0 R /Count 2147483647 >>",
            )
        ),
    )
    yield "no root.pdf", _given(sound.replace(b"/Root 1 0 R", b"/Root 9 9 R"))
    yield "huge numbers.pdf", _given(sound.replace(b"1 0 obj", b"99999999999999999999 0 obj"))
    yield "loop of xref.pdf", _given(sound.replace(b"trailer <<", b"trailer << /Prev %d" % sound.rindex(b"xref\n0")))
    yield "negative xref.pdf", _given(sound[: sound.rindex(b"startxref")] + b"startxref\n-1\n%%EOF")
    yield "many pages said.pdf", _given(sound.replace(b"/Count 20", b"/Count 2000000000"))
    nested = b"[" * 100_000
    yield "deep array.pdf", _given(sound.replace(b"/Kids [", b"/Kids " + nested))
    yield "long stream.pdf", _given(sound.replace(b"/Length ", b"/Length 99999999"))
    for n in range(24):
        yield f"shuffled {n}.pdf", _given(shuffled(sound, random))


def pdf(*objects: str, trailer: str = "") -> bytes:
    """A PDF of these objects, the first its root."""
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{len(body)}\n%%EOF"
    return (body + head + end).encode("latin-1")


def protected(text: str) -> bytes:
    """A PDF that opens with a password only: 40-bit RC4, the standard's algorithms 2 to 4."""
    padding = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    padded = (b"a long password" + padding)[:32]
    owner = rc4(hashlib.md5(padded).digest()[:5], padded)
    key = hashlib.md5(padded + owner + (0xFFFFFFFC).to_bytes(4, "little") + b"0123456789abcdef").digest()[:5]
    user = rc4(key, padding)
    made = make_pdf(text)
    entries = f"/Filter /Standard /V 1 /R 2 /O <{owner.hex()}> /U <{user.hex()}> /P -4"
    id_ = b"0123456789abcdef".hex()
    return made.replace(b"/Root 1 0 R", f"/Root 1 0 R /Encrypt << {entries} >> /ID [<{id_}> <{id_}>]".encode())


def rc4(key: bytes, data: bytes) -> bytes:
    """The stream cipher, for `protected`."""
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    made, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        made.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(made)


def flipped(data: bytes, random: Random, times: int) -> bytes:
    """The data with some bytes changed."""
    made = bytearray(data)
    for _ in range(times):
        made[random.randrange(len(made))] = random.randrange(256)
    return bytes(made)


def shuffled(data: bytes, random: Random) -> bytes:
    """The data's lines in another order but for the first."""
    first, *rest = data.split(b"\n")
    random.shuffle(rest)
    return b"\n".join([first, *rest])


def _given(data: bytes) -> Callable[[], bytes]:
    return lambda: data
