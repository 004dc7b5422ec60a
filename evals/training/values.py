"""Made-up values for made-up facts: names, dates, sums, codes, in the forms that a language writes them in."""

from __future__ import annotations

import random
import re
import string

PLACES = """Ashby Norwick Velden Harrow Lindau Kessel Orlow Tarn Brindale Mareno Salto Kirkby Ostfeld Ravel
Dunmore Elsted Porvo Hallam
Weston Corvara Millbrook Sandvik Altena Brezno Calden Drayton Erlach Fosse Galway Hagen Ilmen
Jarrow Kalmar Loburg Melk Nyby""".split()
STREETS = (
    "Cole Street;Mill Lane;Harbour Road;Station Road;Market Square;Kiln Street;Park Avenue;Bridge Street;Church Row".split(
        ";"
    )
)
FIRST = """Anna Ben Clara David Elena Frank Grace Hugo Ines Jonas Karin Leo Maria Noor Oscar Petra Quentin
Rosa Samir Tess Ulla Victor
Wanda Xenia Yusuf Zoe Ahmed Li Priya Tomasz""".split()
LAST = """Amsel Brunn Castell Drexler Eriksen Fontaine Gruber Hadley Ivers Jansen Keller Lindqvist Marenco
Nowak Okafor Pereira Quist
Reiss Sorensen Tanaka Ueda Varga Whitlow Xu Yilmaz Zeller Haas Moreau Costa Petrov""".split()
COMPANIES = """Krume Lumen Portline Tarn Orbis Kestrel Velora Nordholm Castor Brightwell Danvers Solara Quell
Arden Meridian Fairhaven
Umbra Halden Rosewood Northcliff""".split()
FORMS = "Ltd;GmbH;Inc.;SA;& Sons;AG;Holdings;Bakery;Dance Studio;Logistics;Foundation".split(";")
DRUGS = "Alvorin;Betamil;Cordexa;Dolvan;Evitrol;Femarin;Glucosan;Helipax;Ibrenal;Lorvastin".split(";")
PHRASES = """inter-library loan;online catalogue;annual general meeting;removal of old books;
request for quotation;value added tax;
first in first out;personal protective equipment;work in progress;standard operating procedure;key account manager;
proof of delivery;estimated time of arrival;material safety sheet;human resources;
return on investment;bill of lading""".split(";")
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
}


class Values:
    """Draws values for `{time}`, `{date}` and so on; `years` are those drawn, `told` the values of names and columns."""

    def __init__(self, chance: random.Random, language: str) -> None:
        """Nothing is drawn yet."""
        self.years: list[int] = []
        self.told: dict[tuple[str, str], str] = {}
        self._chance = chance
        self._language = language

    def fill(self, text: str) -> str:
        """`text` with a value for each name in braces."""
        return re.sub(r"\{(\w+)\}", lambda found: self._one(found[1]), text)

    def choices(self, text: str) -> list[str]:
        """The values that a line of facts offers."""
        return text.split("/") if "{" not in text or "/" in text else [text]

    def beside(self, name: str, names: tuple[str, ...]) -> str:
        """A name very like another: its number or capitals changed, else another of the same kind."""
        if self._chance.random() < 0.6 and re.search(r"\d", name):
            return re.sub(r"\d+", lambda found: str(int(found[0]) + self._chance.choice((1, 2, 10))), name)
        return self.fill(self._chance.choice(names))

    def _one(self, kind: str) -> str:
        c = self._chance
        if kind == "year":
            self.years.append(c.randint(1990, 2027))
            return str(self.years[-1])
        if kind == "time":
            hour, minute = c.randint(5, 22), c.choice(("00", "00", "30", "15", "45"))
            return c.choice((f"{hour}:{minute}", f"{hour:02}:{minute}", f"{hour}.{minute}"))
        if kind == "date":
            return self._date()
        if kind == "small":
            return str(c.randint(1, 12))
        if kind == "int":
            return c.choice((str(c.randint(2, 60)), str(c.randint(10, 999)), f"{c.randint(1000, 99999):,}"))
        if kind == "money":
            amount = c.choice(
                (f"{c.randint(5, 990)}", f"{c.randint(1000, 90000):,}", f"{c.randint(1, 99)}.{c.randint(10, 99)}")
            )
            return c.choice((f"€{amount}", f"£{amount}", f"${amount}", f"{amount} euros", f"{amount} €", f"CHF {amount}"))
        if kind == "percent":
            return c.choice(
                (f"{c.randint(1, 99)}%", f"{c.randint(1, 99)} per cent", f"{c.randint(1, 40)}.{c.randint(1, 9)} %")
            )
        if kind == "weight":
            return c.choice((f"{c.randint(5, 900)} kg", f"{c.randint(1, 60)} t", f"{c.randint(1000, 9000):,} kg"))
        if kind == "degrees":
            return f"{c.randint(-40, 240)} °C"
        if kind == "phone":
            return c.choice(
                (f"0{c.randint(10, 99)} {c.randint(1000, 9999)} {c.randint(100, 999)}", f"ext. {c.randint(100, 999)}")
            )
        if kind == "email":
            return f"{c.choice(FIRST).lower()}.{c.choice(LAST).lower()}@{c.choice(COMPANIES).lower()}.example"
        if kind == "person":
            return c.choice(
                (f"{c.choice(FIRST)} {c.choice(LAST)}", f"Dr {c.choice(FIRST)} {c.choice(LAST)}", f"Ms {c.choice(LAST)}")
            )
        if kind == "company":
            return f"{c.choice(COMPANIES)} {c.choice(FORMS)}"
        if kind == "model":
            return c.choice(
                (
                    f"{c.choice(string.ascii_uppercase)}{c.randint(1, 900)}",
                    f"{c.choice(string.ascii_uppercase)}{c.choice(string.ascii_uppercase)}-{c.randint(10, 999)}",
                    f"{c.choice(COMPANIES)} {c.randint(2, 90)}",
                )
            )
        if kind == "abbreviation":
            return "".join(c.choice(string.ascii_uppercase) for _ in range(c.randint(2, 4)))
        drawn = {"place": PLACES, "street": STREETS, "drug": DRUGS, "phrase": [one.strip() for one in PHRASES]}
        return c.choice(drawn[kind])

    def _date(self) -> str:
        c = self._chance
        day, month, year = c.randint(1, 28), c.randint(1, 12), c.randint(1995, 2027)
        if self._language in ("ko", "zh", "ja"):
            return f"{year}년 {month}월 {day}일" if self._language == "ko" else f"{year}年{month}月{day}日"
        named = MONTHS.get(self._language, MONTHS["en"]).split()[month - 1]
        if self._language == "en":
            return c.choice((f"{day} {named} {year}", f"{named} {day}, {year}", f"{year}-{month:02}-{day:02}"))
        dot = "." if self._language == "de" else ""
        of = " de" if self._language == "es" else ""
        return c.choice((f"{day}{dot}{of} {named}{of} {year}", f"{day:02}.{month:02}.{year}", f"{year}-{month:02}-{day:02}"))
