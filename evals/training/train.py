"""Trains the reader for some minutes: whether a window answers, which sentence does, and the short answer's ends.

A round goes on from the committed weights. Every five minutes what is learnt so far is written.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from assistant.reading.encoding import Encoded, encoded
from assistant.reading.network import NEVER, Network, load, save
from evals.training.examples import Examples, Group
from evals.training.mining import mined
from evals.training.rows import held_out, read_rows
from evals.training.windows import Window
from index.embedding.bert import Encoder
from index.embedding.e5 import E5

LIMIT = 224
"""Tokens of an example. Longer windows lose their end; one whose answer is cut is left out with its group: with 160, 5 % of
the windows that answer had lost their sentence and 3 % the end of their answer."""

BATCH_TOKENS = 2400
TOGETHER = 6
"""Windows of like length that are read at once."""

SPAN_WEIGHT = 0.4
HEADS_RATE = 5
"""The heads' learning rate over that of the layers, where they start at random."""

CHECKPOINT_SECONDS = 300
WARM_UP = 100


@dataclass(frozen=True, slots=True)
class Example:
    """A window as tokens: the sentences that are there, those that answer, the short answer's first and last token."""

    question: str
    encoded: Encoded
    sentences: int
    there: tuple[int, ...]
    gold: tuple[int, ...]
    span: tuple[int, int] | None


def train(
    data: Path, out: Path, *, start: Path | None, minutes: float, rate: float, seed: int, threads: int = 2
) -> dict[str, float]:
    """Train, printing the loss, and write `reader.safetensors` into `out`; `start` are weights to go on from."""
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    e5 = E5()
    network = Network(Encoder(e5).eval())
    if start is not None:
        load(network, start)
    network.train()
    rows = read_rows(data)
    examples = iter(Examples(rows, mined(rows), held_out(rows), seed))
    out.mkdir(parents=True, exist_ok=True)
    heads = [*network.mix.parameters(), *network.out.parameters(), *network.span.parameters()]
    above = HEADS_RATE if start is None else 1
    groups = [{"params": [*network.upper.parameters()], "base": rate}, {"params": heads, "base": rate * above}]
    optimiser = torch.optim.AdamW(groups, lr=rate, weight_decay=0.01, betas=(0.9, 0.98))
    began, saved, seen, figures = time.monotonic(), time.monotonic(), 0, {"loss": 0.0}
    for step, batch in enumerate(batches(e5, examples)):
        done = (time.monotonic() - began) / (60 * minutes)
        if done >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = group["base"] * min(1, (step + 1) / WARM_UP) * max(0.02, 1 - done)
        loss = losses(network, batch, e5.file.pad)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        seen += sum(map(len, batch))
        figures["loss"] = loss.item() if step == 0 else figures["loss"] * 0.98 + loss.item() * 0.02
        if step % 25 == 0:
            line = {"step": step, "seen": seen, "minutes": round(done * minutes, 1), "loss": round(figures["loss"], 4)}
            print(json.dumps(line), flush=True)
        if time.monotonic() - saved > CHECKPOINT_SECONDS:
            saved = time.monotonic()
            _write(network, out)
    _write(network, out)
    return {"seen": float(seen), "minutes": minutes, "loss": round(figures["loss"], 4)}


def batches(e5: E5, groups: Iterator[Group]) -> Iterator[list[list[Example]]]:
    """Groups, some `BATCH_TOKENS` tokens of them."""
    batch: list[list[Example]] = []
    for group in groups:
        made = [example(e5.tokenizer, window) for window in group]
        if any(window.gold and not one.gold for window, one in zip(group, made, strict=True)):
            continue
        batch.append(made)
        if sum(_length(one) for own in batch for one in own) >= BATCH_TOKENS:
            yield batch
            batch = []


def example(tokenizer: object, window: Window) -> Example:
    """A window as tokens."""
    found = encoded(tokenizer, window.question, window.above, window.sentences, LIMIT)  # type: ignore[arg-type]
    reached = {number: end for number, (_, end) in zip(found.sentence, found.offsets, strict=True) if number >= 0}
    gold = tuple(number for number in window.gold if reached.get(number, 0) >= len(window.sentences[number].rstrip()))
    there = tuple(number for number in reached if number in gold or number not in window.gold)  # one cut is no rival
    span = None
    if len(gold) == 1 and window.answer:
        at = window.sentences[gold[0]].find(window.answer)
        tokens = [
            place
            for place, (number, (start, end)) in enumerate(zip(found.sentence, found.offsets, strict=True))
            if number == gold[0] and start < at + len(window.answer) and end > at and end > start
        ]
        span = (tokens[0], tokens[-1]) if at >= 0 and tokens else None
    return Example(window.question, found, len(window.sentences), there, gold, span)


def losses(network: Network, groups: Sequence[Sequence[Example]], pad: int) -> Tensor:
    """The loss of a batch, three parts added: whether a window answers; which sentence does, of all that its group's windows
    hold for the same question, where one does; and the short answer's ends.

    Which one is told apart across windows, as they are read in use (Clark & Gardner 2018, "shared normalization").
    """
    batch = [one for group in groups for one in group]
    n = max(one.sentences for one in batch)
    wanted, there = torch.zeros(len(batch), n), torch.zeros(len(batch), n, dtype=torch.bool)
    for row, one in enumerate(batch):
        there[row, list(one.there)] = True
        for place in one.gold:
            wanted[row, place] = 1 / len(one.gold)
    odds, ends = _read(network, batch, n, pad)
    odds = odds.masked_fill(~there, NEVER)
    answers = wanted.sum(1) > 0
    every = torch.logsumexp(odds, 1)
    loss = functional.binary_cross_entropy_with_logits(every, answers.float())
    if answers.any():
        rivals = torch.stack([torch.logsumexp(every[own], 0) for own in _rivals(groups)])
        loss = loss + (wanted * (rivals[:, None] - odds)).sum(1)[answers].mean()
    spans = [
        -torch.log_softmax(own, 0)[[*one.span], [0, 1]].mean() for own, one in zip(ends, batch, strict=True) if one.span
    ]
    return loss + SPAN_WEIGHT * torch.stack(spans).mean() if spans else loss


def _read(network: Network, batch: Sequence[Example], n: int, pad: int) -> tuple[Tensor, list[Tensor]]:
    """Log-odds `(windows, n)` and each window's ends `(tokens, 2)`, those of like length read together."""
    odds: list[Tensor] = [torch.empty(0)] * len(batch)
    ends = list(odds)
    order = sorted(range(len(batch)), key=lambda row: _length(batch[row]))
    for start in range(0, len(order), TOGETHER):
        rows = order[start : start + TOGETHER]
        length = _length(batch[rows[-1]])
        ids, sentence = torch.full((len(rows), length), pad), torch.full((len(rows), length), -1)
        for place, row in enumerate(rows):
            ids[place, : _length(batch[row])] = torch.tensor(batch[row].encoded.ids)
            sentence[place, : _length(batch[row])] = torch.tensor(batch[row].encoded.sentence)
        with torch.autocast("cpu", torch.bfloat16, enabled=multiplies_halves()):
            some, own = network(ids, [_length(batch[row]) for row in rows], sentence, n)
        for place, row in enumerate(rows):
            odds[row], ends[row] = some[place].float(), own[place].float()
    return torch.stack(odds), ends


def _rivals(groups: Sequence[Sequence[Example]]) -> Iterator[list[int]]:
    """For each window of a batch the rows of those in its group that ask the same, its own among them."""
    first = 0
    for group in groups:
        for one in group:
            yield [first + place for place, other in enumerate(group) if other.question == one.question]
        first += len(group)


@cache
def multiplies_halves() -> bool:
    """Whether these cores multiply in bfloat16 themselves: training is then twice as fast, where emulated slower."""
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def _length(one: Example) -> int:
    return len(one.encoded.ids)


def _write(network: Network, out: Path) -> None:
    new = out / "reader.new.safetensors"
    save(network, new)
    new.replace(out / "reader.safetensors")
