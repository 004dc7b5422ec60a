"""Things the library calls by another name: a chemical element by its symbol, a country by its capital.

"Ge" is germanium, and in the news "Beijing's rules" are China's. A query's word is read so only where the library doesn't
have it and has the other; a capital only where it acts or owns, as the city itself is no country; a part of a longer name
never.
"""

from __future__ import annotations

import re

from index.keyword import document_frequency
from index.library import Library
from index.words import STOP_WORDS

_ELEMENTS = (
    "He helium Li lithium Be beryllium Ne neon Na sodium Mg magnesium Al aluminium Si silicon Cl chlorine Ar argon "
    "Ca calcium Sc scandium Ti titanium Cr chromium Mn manganese Fe iron Co cobalt Ni nickel Cu copper Zn zinc Ga gallium "
    "Ge germanium As arsenic Se selenium Br bromine Kr krypton Rb rubidium Sr strontium Zr zirconium Nb niobium "
    "Mo molybdenum Tc technetium Ru ruthenium Rh rhodium Pd palladium Ag silver Cd cadmium In indium Sn tin Sb antimony "
    "Te tellurium Xe xenon Cs caesium Ba barium La lanthanum Ce cerium Pr praseodymium Nd neodymium Pm promethium "
    "Sm samarium Eu europium Gd gadolinium Tb terbium Dy dysprosium Ho holmium Er erbium Tm thulium Yb ytterbium "
    "Lu lutetium Hf hafnium Ta tantalum Re rhenium Os osmium Ir iridium Pt platinum Au gold Hg mercury Tl thallium "
    "Pb lead Bi bismuth Po polonium At astatine Rn radon Fr francium Ra radium Ac actinium Th thorium Pa protactinium "
    "Np neptunium Pu plutonium Am americium Cm curium"
).split()
_CAPITALS = (
    "Beijing China, Moscow Russia, Washington US, Tokyo Japan, Seoul Korea, Taipei Taiwan, Delhi India, "
    "Islamabad Pakistan, Dhaka Bangladesh, Hanoi Vietnam, Bangkok Thailand, Jakarta Indonesia, Manila Philippines, "
    "Canberra Australia, Ottawa Canada, London Britain, Dublin Ireland, Paris France, Berlin Germany, "
    "Bern Switzerland, Vienna Austria, Rome Italy, Madrid Spain, Lisbon Portugal, Brussels Belgium, "
    "Copenhagen Denmark, Oslo Norway, Stockholm Sweden, Helsinki Finland, Tallinn Estonia, Riga Latvia, Vilnius Lithuania, "
    "Warsaw Poland, Prague Czechia, Bratislava Slovakia, Budapest Hungary, Bucharest Romania, Sofia Bulgaria, "
    "Belgrade Serbia, Zagreb Croatia, Athens Greece, Ankara Turkey, Kyiv Ukraine, Minsk Belarus, Tbilisi Georgia, "
    "Yerevan Armenia, Baku Azerbaijan, Astana Kazakhstan, Tashkent Uzbekistan, Tehran Iran, Baghdad Iraq, "
    "Damascus Syria, Amman Jordan, Cairo Egypt, Tripoli Libya, Algiers Algeria, Rabat Morocco, Abuja Nigeria, "
    "Kinshasa Congo, Nairobi Kenya, Lima Peru, Bogota Colombia, Caracas Venezuela, Quito Ecuador, "
    "Santiago Chile, Brasilia Brazil"
).split(", ")

ELEMENTS = dict(zip(_ELEMENTS[::2], _ELEMENTS[1::2], strict=True))
CAPITALS = dict(pair.split(" ") for pair in _CAPITALS)
NAMES = ELEMENTS | CAPITALS
"""The other name by the one that a question may have."""

_WORD = re.compile(r"(?<![\w&’'.-])[A-Z][a-z]+(?!\w)")
_NAME_BEFORE, _NAME_AFTER = re.compile(r"(?:([A-Z][\w.’'-]*)|&) $"), re.compile(r" (?:[A-Z]|&)|[.&]")
"""What stands beside a word of a longer name."""
_ACTS_BEFORE = re.compile(r"\b(?:do|does|did|will|would|has|have|had|can|could|should|may|must) $", re.IGNORECASE)
_OWNS = re.compile(r"['’]s ")


def known_as(query: str, library: Library) -> str:
    """The query with symbols and capitals that the library doesn't have as the names that it has instead."""
    found = {match: NAMES[match[0]] for match in _WORD.finditer(query) if match[0] in NAMES and _may_stand_for(match)}
    asked = [word.lower() for match, name in found.items() for word in (match[0], name)]
    with library.engine.connect() as connection:
        frequency = document_frequency(connection, asked)
    for match, name in reversed(found.items()):
        if not frequency[match[0].lower()] and frequency[name.lower()]:
            query = query[: match.start()] + name + query[match.end() :]
    return query


def _may_stand_for(match: re.Match[str]) -> bool:
    """Whether a symbol or capital stands alone, and a capital for whom it governs."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    named = _NAME_BEFORE.search(before)
    opens = named and named[1] and named.start() == 0 and named[1].lower() in STOP_WORDS
    if match[0].lower() in STOP_WORDS or (named and not opens) or _NAME_AFTER.match(after):
        return False
    return match[0] in ELEMENTS or bool(_OWNS.match(after) or _ACTS_BEFORE.search(before))
