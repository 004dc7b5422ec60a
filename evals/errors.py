"""The one error of the evaluations: a message that names the thing and what to do next."""


class EvaluationError(Exception):
    """A data folder, question file or saved run can't be used."""
