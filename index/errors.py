"""Every error of the index. A message names the thing, the value it had and what to do next."""


class IndexingError(Exception):
    """The root: something the person who ingests or searches can mend."""


class SettingsError(IndexingError):
    """A setting is unknown or has a value that can't be used."""


class ReadError(IndexingError):
    """A file can't be read as a document."""


class ModelError(IndexingError):
    """A model's files are missing or are not the ones expected."""


class MissingPackageError(ModelError):
    """A package that carries a model is not installed."""


class StoreError(IndexingError):
    """The data folder can't be used: not writable, or made with other settings."""


class SearchError(IndexingError):
    """A search was asked for that can't be made: a malformed date, a document that isn't there."""


def unwritable(home: object, reason: object) -> StoreError:
    """What is said where a change of the data folder could not be stored; it stays as it was before the change."""
    hint = "free some space, or end what uses it, and ingest again"
    return StoreError(f"the data folder {home} can't be written ({reason}): nothing that was in it is lost; {hint}")
