"""What a question says its answer must have."""

from collections.abc import Sequence

import pytest

from assistant.reading.form import Form, fits, form_of


def same(words: Sequence[str]) -> object:
    return lambda text: [float(word in text) for word in words]


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("In which month was it signed?", Form("month")),
        ("On which days will it be held?", Form("day")),
        ("By what percentage did it rise?", Form("percent")),
        ("Which metal gained 27% in a week?", Form()),
        ("What price per kilogram is paid?", Form("rate")),
        ("How large is the site in hectares?", Form("unit", ("hectares",))),
        ("How many employees does it have?", Form("count", ("employees",))),
        ("How many of them are there?", Form()),
        ("Who is Korea Zinc's chief financial officer?", Form("role", ("chief", "financial", "officer"))),
        ("Who is Jun Wu?", Form()),
        ("What are its products?", Form()),
        ("How long is the MOU valid?", Form("duration")),
        ("How long is the bridge?", Form()),
        ("On what exact date was it signed?", Form("day")),
        ("How much is Rostec investing in it?", Form("money")),
        ("How much time is spent on it?", Form()),
        ("What is Jun Wu's phone number?", Form("phone")),
        ("To which e-mail address are invoices sent?", Form("email")),
        ("Who sent the email?", Form()),
        ("How do I change my phone number?", Form()),
        ("Why is my email address not accepted?", Form()),
        ("How much energy was spent heating the building?", Form()),
        ("How long is the form I need to apply?", Form()),
        ("Is it a paid service and how much?", Form("money")),
        ("How much does the licence cost?", Form("money")),
        ("What is the average cost of serverless?", Form("money")),
        ("What drives the cost of living?", Form()),
        ("How much of the price is tax?", Form()),
        ("Where does he see the cost of the metal heading?", Form()),
        ("By how much did the price of gallium go up?", Form()),
    ],
)
def test_the_form_is_read_from_the_question(query: str, form: Form) -> None:
    assert form_of(query) == form


@pytest.mark.parametrize(
    ("form", "sentence", "has"),
    [
        (Form("month"), "It was signed in Aug. 2025.", True),
        (Form("month"), "It was signed on the 20th.", False),
        (Form("percent"), "It rose by a third.", True),
        (Form("percent"), "It rose to 50 t.", False),
        (Form("rate"), "It costs 2,000 yuan a kilo.", True),
        (Form("rate"), "It costs 2,000 yuan.", False),
        (Form("unit", ("hectares",)), "It covers 26.7 hectares.", True),
        (Form("unit", ("hectares",)), "It has 12 t.", False),
        (Form("count", ("tonnes",)), "It makes 95t a year.", True),
        (Form("count", ("employees",)), "It has 1,200 skilled employees.", True),
        (Form("count", ("company",)), "It is the world's No. 1 company.", False),
        (Form("count", ("employees",)), "It has employees and 12 tons of metal.", False),
        (Form("duration"), "It rose by 27% in a week.", True),
        (Form("duration"), "It holds until further notice.", True),
        (Form("duration"), "It was signed on the 20th.", False),
        (Form("day"), "It was signed on the 20th.", True),
        (Form("day"), "It was signed at the 2nd Rare Metals Council.", False),
        (Form("count", ("people",)), "It has 1,200 staff.", True),
        (Form("phone"), "Call +82 (0)2 6947-2114.", True),
        (Form("phone"), "It was founded in 2016 with 1,200 staff.", False),
        (Form("email"), "Write to sales@example.com.", True),
        (Form("email"), "Write to the sales desk.", False),
        (Form("money"), "It costs 2,000 yuan.", True),
        (Form("money"), "The basic plan is free.", True),
        (Form("money"), "Billing depends on 12 instances.", False),
        (Form("role", ("chairman",)), "The chairman is Jun Wu.", True),
        (Form("role", ("chairman",)), "Jun Wu is a manager.", False),
    ],
)
def test_a_sentence_that_lacks_the_form_is_told_apart(form: Form, sentence: str, has: bool) -> None:
    assert fits(form, sentence, sentence, same(form.words)) == float(has)  # type: ignore[arg-type]
