"""Trains the reader for some minutes: a softmax over "nothing answers" and the window's sentences, and the answer's ends.

A round goes on from the committed weights. Checkpoints every five minutes; the same command goes on from the last one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor

from assistant.reading.encoding import Encoded, encoded
from assistant.reading.network import NEVER, Network, load, save
from evals.training.examples import Examples
from evals.training.mining import mined
from evals.training.rows import held_out, read_rows
from evals.training.windows import Window
from index.bert import Encoder
from index.e5 import E5

LIMIT = 224
"""Tokens of an example; longer windows lose their end, and with it, it may be, their answer."""

BATCH_TOKENS = 2400
POOL = 512
"""Examples sorted by length before they are put into batches."""

SPAN_WEIGHT = 0.3
HEADS_RATE = 5
"""The heads' learning rate over that of the layers, where they start at random."""

CHECKPOINT_SECONDS = 300
WARM_UP = 100


@dataclass(frozen=True, slots=True)
class Example:
    """A window as tokens: the sentences that are there, those that answer, the short answer's first and last token."""

    encoded: Encoded
    sentences: int
    there: tuple[int, ...]
    gold: tuple[int, ...]
    span: tuple[int, int] | None


def train(
    data: Path, out: Path, *, start: Path | None, minutes: float, rate: float, seed: int, threads: int = 2
) -> dict[str, float]:
    """Train and write `reader.safetensors` and `log.jsonl` into `out`; `start` are weights to go on from."""
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
        seen += len(batch)
        figures["loss"] = loss.item() if step == 0 else figures["loss"] * 0.98 + loss.item() * 0.02
        if step % 25 == 0:
            line = {"step": step, "seen": seen, "minutes": round(done * minutes, 1), "loss": round(figures["loss"], 4)}
            print(json.dumps(line), flush=True)
        if time.monotonic() - saved > CHECKPOINT_SECONDS:
            saved = time.monotonic()
            _write(network, out)
    _write(network, out)
    return {"seen": float(seen), "minutes": minutes, "loss": round(figures["loss"], 4)}


def batches(e5: E5, examples: Iterator[Window]) -> Iterator[list[Example]]:
    """Examples of like length together, at most `BATCH_TOKENS` tokens with their padding."""
    tokenizer = e5.tokenizer
    while True:
        pool = sorted((example(tokenizer, window) for window in islice(examples, POOL)), key=_length)
        made: list[list[Example]] = [[]]
        for one in pool:
            if made[-1] and _length(one) * (len(made[-1]) + 1) > BATCH_TOKENS:
                made.append([])
            made[-1].append(one)
        order = torch.randperm(len(made)).tolist()
        yield from (made[place] for place in order)


def example(tokenizer: object, window: Window) -> Example:
    """A window as tokens."""
    found = encoded(tokenizer, window.question, window.above, window.sentences, LIMIT)  # type: ignore[arg-type]
    there = tuple(sorted({number for number in found.sentence if number >= 0}))
    gold = tuple(number for number in window.gold if number in there)
    span = None
    if len(gold) == 1 and window.answer:
        at = window.sentences[gold[0]].find(window.answer)
        tokens = [
            place
            for place, (number, (start, end)) in enumerate(zip(found.sentence, found.offsets, strict=True))
            if number == gold[0] and start < at + len(window.answer) and end > at and end > start
        ]
        span = (tokens[0], tokens[-1]) if at >= 0 and tokens else None
    return Example(found, len(window.sentences), there, gold, span)


def losses(network: Network, batch: Sequence[Example], pad: int) -> Tensor:
    """The loss of a batch: cross entropy over nothing and the sentences, and that of the short answer's ends."""
    length = max(map(_length, batch))
    n = max(one.sentences for one in batch)
    ids = torch.full((len(batch), length), pad)
    sentence = torch.full((len(batch), length), -1)
    wanted, held = torch.zeros(len(batch), n + 1), torch.zeros(len(batch), n + 1, dtype=torch.bool)
    held[:, 0] = True
    for row, one in enumerate(batch):
        ids[row, : _length(one)] = torch.tensor(one.encoded.ids)
        sentence[row, : _length(one)] = torch.tensor(one.encoded.sentence)
        held[row, [place + 1 for place in one.there]] = True
        for place in one.gold:
            wanted[row, place + 1] = 1 / len(one.gold)
        wanted[row, 0] = float(not one.gold)
    with torch.autocast("cpu", torch.bfloat16, enabled=half_precision()):
        odds, ends = network(ids, [_length(one) for one in batch], sentence, n)
    odds, ends = odds.float(), ends.float()
    odds = torch.cat([torch.zeros(len(batch), 1), odds], 1).masked_fill(~held, NEVER)
    loss = -(wanted * torch.log_softmax(odds, -1)).sum(-1).mean()
    spans = [(row, one.span) for row, one in enumerate(batch) if one.span]
    if spans:
        chosen = torch.log_softmax(ends[[row for row, _ in spans]], 1)
        at = torch.tensor([span for _, span in spans])
        own = -(chosen.gather(1, at[:, None, :]).squeeze(1)).mean()
        loss = loss + SPAN_WEIGHT * own * len(spans) / len(batch)
    return loss


@cache
def half_precision() -> bool:
    """Whether these cores multiply in bfloat16, which makes training twice as fast; elsewhere it would be slower."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def _length(one: Example) -> int:
    return len(one.encoded.ids)


def _write(network: Network, out: Path) -> None:
    new = out / "reader.new.safetensors"
    save(network, new)
    new.replace(out / "reader.safetensors")
