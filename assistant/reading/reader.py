"""The reader: a question and sentences found in, for each of them the log-odds that it answers and its short answer out."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from assistant.reading.encoding import ABOVE_TOKENS, QUESTION_TOKENS, Encoded, encoded
from assistant.reading.heads import Head
from assistant.reading.windows import TOKENS, WINDOW_TOKENS, Sentence, windows
from index.embedding.embedder import Embedder
from index.embedding.threads import limit_threads
from index.errors import ModelError

if TYPE_CHECKING:
    from assistant.reading.network import Network

WEIGHTS = Path(__file__).with_name("reader.safetensors")

LONGEST_ANSWER = 24
"""Tokens of a short answer at most; most have fewer than six."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader says of a sentence: the log-odds that it answers against that nothing in its window does.

    `answer` is the short answer as characters of what is seen of the sentence.
    """

    sentence: Sentence
    odds: float
    answer: tuple[int, int]


class Reader:
    """The loaded reader. One question at a time is read; others wait."""

    def __init__(self, embedder: Embedder, weights: Path = WEIGHTS) -> None:
        """Loads the weights beside the encoder that `embedder` has.

        Raises:
            ModelError: the weights are missing or of another form.
        """
        from safetensors import SafetensorError

        from assistant.reading.network import Network, load

        if embedder.e5 is None:
            raise ModelError("the reader needs the embedded encoder")
        limit_threads()
        self._tokenizer = embedder.e5.tokenizer
        self._pad = embedder.e5.file.pad
        self._turn = threading.Lock()
        try:
            self._network: Network = load(Network(embedder.encoder), weights).eval()
        except (OSError, RuntimeError, ValueError, SafetensorError) as error:
            raise ModelError(f"the reader's weights {weights} can't be used ({error}): install Quarry again") from error

    def read(
        self, question: str, sentences: Sequence[Sentence], heads: Mapping[str, Head], tokens: int = TOKENS
    ) -> list[Reading]:
        """The readings of the sentences that look likeliest, in windows of `tokens` tokens together; in no order.

        `heads` are what stands above each passage, see `assistant.reading.heads`.
        """
        if not sentences:
            return []
        asked = len(self._tokenizer.encode(question, add_special_tokens=False).ids)
        found = self._tokenizer.encode_batch([one.seen.text for one in sentences], add_special_tokens=False)
        sizes = {id_: len(self._tokenizer.encode(head.text, add_special_tokens=False).ids) for id_, head in heads.items()}
        chosen = windows(
            min(asked, QUESTION_TOKENS),
            sentences,
            [len(one.ids) for one in found],
            {id_: min(size, ABOVE_TOKENS) for id_, size in sizes.items()},
            tokens,
        )
        groups = [[sentences[place] for place in window] for window in chosen]
        texts = [[one.seen.text for one in group] for group in groups]
        inputs = [
            encoded(self._tokenizer, question, _above(group, heads), own, WINDOW_TOKENS)
            for group, own in zip(groups, texts, strict=True)
        ]
        return [reading for group, own in zip(groups, self._read(inputs), strict=True) for reading in _joined(group, own)]

    def odds(self, questions: Sequence[str], above: str, sentences: Sequence[str]) -> list[float]:
        """For each question the best log-odds among these sentences of one passage, as they are seen."""
        limit = TOKENS // len(questions)
        found = self._read([encoded(self._tokenizer, question, above, sentences, limit) for question in questions])
        return [max((odds for odds, _ in own), default=0.0) for own in found]

    def _read(self, inputs: Sequence[Encoded]) -> list[list[tuple[float, tuple[int, int]]]]:
        """For each input, of each of its sentences the log-odds and the short answer's characters."""
        import torch

        length = max(len(one.ids) for one in inputs)
        n = max(max(one.sentence) for one in inputs) + 1
        ids = torch.full((len(inputs), length), self._pad)
        sentence = torch.full((len(inputs), length), -1)
        for row, one in enumerate(inputs):
            ids[row, : len(one.ids)] = torch.tensor(one.ids)
            sentence[row, : len(one.ids)] = torch.tensor(one.sentence)
        with self._turn, torch.no_grad():
            odds, ends = self._network(ids, [len(one.ids) for one in inputs], sentence, n)
        found = []
        for row, one in enumerate(inputs):
            own = []
            for number in range(max(one.sentence) + 1):
                places = [place for place, held in enumerate(one.sentence) if held == number]
                if not places:
                    continue
                first, last = _span(ends[row, places[0] : places[-1] + 1])
                answer = (one.offsets[places[first]][0], one.offsets[places[last]][1])
                own.append((float(odds[row, number]), answer))
            found.append(own)
        return found


def _span(ends: object) -> tuple[int, int]:
    """The likeliest first and last token of the short answer within a sentence's tokens `(n, 2)`."""
    import torch

    assert isinstance(ends, torch.Tensor)
    chance = torch.log_softmax(ends, 0)
    pairs = chance[:, 0][:, None] + chance[:, 1][None, :]
    allowed = torch.ones_like(pairs).triu().tril(LONGEST_ANSWER - 1).bool()
    best = int(pairs.masked_fill(~allowed, -1e9).argmax())
    return best // len(ends), best % len(ends)


def _above(group: Sequence[Sentence], heads: Mapping[str, Head]) -> str:
    return heads[group[0].hit.chunk.id].over((one.start, one.end) for one in group)


def _joined(group: Sequence[Sentence], own: Sequence[tuple[float, tuple[int, int]]]) -> list[Reading]:
    made = []
    for sentence, (odds, (start, end)) in zip(group, own, strict=False):  # a cut window has lost its last sentences
        text = sentence.seen.text[start:end]
        start += len(text) - len(text.lstrip())  # a token begins with the blank before it
        made.append(Reading(sentence, odds, (start, start + len(text.strip()))))
    return made


_LOADED: WeakKeyDictionary[Embedder, Reader] = WeakKeyDictionary()
_LOADING = threading.Lock()


def reader_of(embedder: Embedder) -> Reader | None:
    """The reader beside this embedder, loaded once; None where the embedder is not the one it was trained on.

    Raises:
        ModelError: the weights are missing or of another form.
    """
    if embedder.e5 is None:
        return None
    with _LOADING:
        if embedder not in _LOADED:
            _LOADED[embedder] = Reader(embedder)
        return _LOADED[embedder]
