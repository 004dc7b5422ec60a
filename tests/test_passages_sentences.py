import time

import pytest
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


def test_the_number_of_an_item_belongs_to_what_it_numbers() -> None:
    text = (
        "1. Anna orders the printer. It is new.\n2. The kitchen is painted.\n\n(3) Next meeting: 4 May.\n3.2. Paid in full."
    )
    assert [text[start:end] for start, end in sentences(text)] == [
        *("1. Anna orders the printer.", "It is new.", "2. The kitchen is painted.", "(3) Next meeting: 4 May."),
        "3.2. Paid in full.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The lift carries approx. 450 kg.|The hoist in bay No. 5 is new.|Gloves of cat. II are worn.",
        "The answer is no.|Then he left.",
        "Der Vertrag endet am 30. Juni 2027.|Er kostet ca. 3 Euro, z. B. für Strom.",
        "Siehe Art. 5 Abs. 2 Nr. 3 BGB.|Das war 2019.|Er ging.",
        "M. Dupont arrive le 1er mars.|Le loyer est de 1 250,50 euros env. par mois.|Il habite av. Foch no. 5.",
        "El Sr. Pérez llega.|La Sra. Gómez vive en la Avda. América núm. 5.|La carga máx. es de 450 kg.",
        "Il sig. Rossi arriva.|La dott.ssa Bianchi abita in p.za Roma n. 5.|Il carico è di ca. 450 kg.",
        "Он основан в 1951 г. в Москве.|Тел. 555, ул. Ленина, д. 5, кв. 3.|Иванов И. И. пришёл.",
        "工厂年产3.5吨。|他说：“好。”|然后走了！",
        "공장은 연간 3.5톤을 생산합니다.|김 씨가 말했다.",
        "工場は年間3.5トンです。|彼は来た。",
    ],
)
def test_figures_ordinals_and_titles_end_no_sentence_in_nine_languages(text: str) -> None:
    whole = text.replace("|", "" if "。" in text else " ")
    assert [whole[start:end] for start, end in sentences(whole)] == text.split("|")


@pytest.mark.parametrize("mark", ["•", "◦", "–", "(a)", "(12)", "➢"])
def test_an_item_of_several_sentences_has_them_all(mark: str) -> None:
    text = f"{mark} The gate opens at seven. It closes at nine. Deliveries ring."
    found = [text[start:end] for start, end in sentences(text)]
    assert found == [f"{mark} The gate opens at seven.", "It closes at nine.", "Deliveries ring."]


def test_lines_that_end_before_they_are_full_are_entries_each_of_its_own() -> None:
    entries = [
        "2024-04-03: twelve sheets of plywood from Hallam Timber",
        "14.07.2023: one band saw",
        "the 2nd of May: six boxes of screws",
        "Sept. 21st 2023: varnish, 40 litres, from Colorado",
        "05-Nov-2024: four work benches",
    ]
    text = "\n".join(entries)
    assert [text[a:b] for a, b in sentences(text)] == entries


@pytest.mark.parametrize(
    "text",
    [
        "The saw was brought in the spring of that year\nby Krieg, Plywood and\nScrews with it, and all that\nwas ordered.",
        "合同期限为五年，租金由承租人于每\n月一日前支付，逾期\n应支付违约金，双方另有约定的除外，\n以约定为准。",
        "Termination\nThe tenant must tell Miller\nProperty GmbH no later than the third\nMonday of a quarter.",
        "§ 4 Miete\nDie monatliche Miete beträgt ohne die\nUmsatzsteuer 1.200 Euro und ist zum dritten\nWerktag zu zahlen.",
        "The lease was signed in\nJanuary 2021 by both parties and all their heirs.",
        "Mercedes-Benz Group Aktiengesellschaft\nPostfach\nAbteilung 7\n70546 Stuttgart",
    ],
)
def test_lines_broken_by_width_and_addresses_stay_together(text: str) -> None:
    assert [text[a:b] for a, b in sentences(text)] == [text]
