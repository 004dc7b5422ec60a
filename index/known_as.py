"""Things the library calls by another name: a chemical element by its symbol, a country by its capital.

"Beijing" in the news is China's government, "Ge" germanium. A query's word is read so only where the library doesn't have it
and has the other.
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
    "Beijing China, Moscow Russia, Washington US, Tokyo Japan, Seoul Korea, Pyongyang Korea, Taipei Taiwan, Delhi India, "
    "Islamabad Pakistan, Dhaka Bangladesh, Hanoi Vietnam, Bangkok Thailand, Jakarta Indonesia, Manila Philippines, "
    "Canberra Australia, Wellington Zealand, Ottawa Canada, London Britain, Dublin Ireland, Paris France, Berlin Germany, "
    "Bern Switzerland, Vienna Austria, Rome Italy, Madrid Spain, Lisbon Portugal, Brussels Belgium, Hague Netherlands, "
    "Copenhagen Denmark, Oslo Norway, Stockholm Sweden, Helsinki Finland, Tallinn Estonia, Riga Latvia, Vilnius Lithuania, "
    "Warsaw Poland, Prague Czechia, Bratislava Slovakia, Budapest Hungary, Bucharest Romania, Sofia Bulgaria, "
    "Belgrade Serbia, Zagreb Croatia, Athens Greece, Ankara Turkey, Kyiv Ukraine, Minsk Belarus, Tbilisi Georgia, "
    "Yerevan Armenia, Baku Azerbaijan, Astana Kazakhstan, Tashkent Uzbekistan, Tehran Iran, Baghdad Iraq, Riyadh Arabia, "
    "Damascus Syria, Amman Jordan, Cairo Egypt, Tripoli Libya, Algiers Algeria, Rabat Morocco, Abuja Nigeria, "
    "Kinshasa Congo, Nairobi Kenya, Pretoria Africa, Lima Peru, Bogota Colombia, Caracas Venezuela, Quito Ecuador, "
    "Santiago Chile, Brasilia Brazil"
).split(", ")

NAMES = dict(zip(_ELEMENTS[::2], _ELEMENTS[1::2], strict=True)) | dict(pair.split(" ") for pair in _CAPITALS)
"""The other name by the one that a question may have."""


def known_as(query: str, library: Library) -> str:
    """The query with symbols and capitals that the library doesn't have as the names that it has instead."""
    found = {word for word in re.findall(r"[^\W\d_]+", query) if word in NAMES and word.lower() not in STOP_WORDS}
    asked = [name.lower() for word in found for name in (word, NAMES[word])]
    with library.engine.connect() as connection:
        frequency = document_frequency(connection, asked)
    for word in found:
        if not frequency[word.lower()] and frequency[NAMES[word].lower()]:
            query = re.sub(rf"\b{word}\b", NAMES[word], query)
    return query
