"""`python -m evals COMMAND`: each prints a table and, as its last line, one JSON object with the figures and n."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

from assistant.errors import AssistantError
from evals.errors import EvaluationError
from evals.runs import ROOT, RUNS
from index.errors import IndexingError

DATA = ROOT.parent / "shared" / "data"
"""The open benchmark data, beside the project."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if it did its work, 1 with one line on standard error if not (or on a regression)."""
    options = vars(_parser().parse_args(arguments))
    command = options.pop("command")
    try:
        result = getattr(importlib.import_module(f"evals.{MODULES[command]}"), command.replace("-", "_"))(**options)
    except (EvaluationError, AssistantError, IndexingError) as error:
        print(f"evals: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("evals: stopped; the same command continues where it was", file=sys.stderr)
        return 130
    return int(result[1]) if isinstance(result, tuple) else 0


MODULES = {
    "ablation": "ablation",
    "run": "run",
    "answer": "answer",
    "expect": "expect",
    "beir": "beir",
    "chunks": "chunks",
    "clapnq": "clapnq",
    "mtrag": "mtrag",
    "mutations": "mutations",
    "wice": "wice",
    "fit-reading": "fit_reading",
    "fit-readings": "fit_readings",
    "fit-support": "fit_support",
    "fit-judge": "fit_judge",
    "contoso": "contoso",
    "compare": "compare",
    "report": "report",
    "rivals": "rivals",
    "deletion": "deletion",
    "switch": "switch",
    "gate": "gate",
    "articles": "articles",
    "intents": "intents",
    "office": "office",
    "speed": "speed",
    "train-reader": "train_reader",
}
"""The module of each command's function, which has the command's name. It returns its figures, those that can fail a
build with whether they do."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="our own questions on the seeds")
    run.add_argument("--haystack", action="store_true", help="with the open benchmark corpora in the same index")
    run.add_argument("--half", choices=["open", "report"], help="only this half (default: both)")
    run.add_argument("--sample", type=int, metavar="N", help="only N questions, spread over the kinds")
    run.add_argument("--kind", action="append", dest="kinds", metavar="KIND", help="only this kind; may be repeated")
    run.add_argument("--llm", default="embedded", help="none, embedded, or a server's URL (default: embedded)")
    run.add_argument("--data", type=Path, default=DATA, help="the open benchmark data (default: ../shared/data)")

    run.add_argument("--feedback", type=Path, metavar="FILE", help="questions made of people's feedback instead of our own")
    run.add_argument(
        "--docs", type=Path, action="append", metavar="DIR", help="what they are about; may be repeated (default: the seeds)"
    )

    answer = commands.add_parser("answer", help="answer a question file over a folder of documents")
    answer.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    answer.add_argument("--docs", type=Path, required=True, metavar="DIR")
    answer.add_argument("--out", type=Path, required=True, metavar="PREDICTIONS.jsonl")
    answer.add_argument("--llm", default="embedded", help="none, embedded, or a server's URL (default: embedded)")
    answer.add_argument("--limit", type=int, metavar="N", help="only the first N questions")
    answer.add_argument("--compose-history", action="store_true", help="let the model answer the earlier questions too")

    ablation = commands.add_parser("ablation", help="each stage of the search on four sets, with halves and times")
    ablation.add_argument("--data", type=Path, default=DATA, help="the open benchmark data (default: ../shared/data)")
    ablation.add_argument("--sets", default="chunks,contoso,mtrag,own", help="which sets (default: all of them)")
    ablation.add_argument("--robust", action="store_true", help="also with other documents, and the seeds twice")
    ablation.add_argument("--enriched", action="store_true", help="also the seeds with questions the language model wrote")

    expect = commands.add_parser("expect", help="what `quarry status` says to expect, from saved runs of our own questions")
    expect.add_argument("runs", type=Path, nargs="+", metavar="RUN")

    beir = commands.add_parser("beir", help="retrieval on any folder in BEIR form, with an ablation")
    beir.add_argument("folder", type=Path, metavar="DIR", help="corpus.jsonl, queries.jsonl, qrels/test.tsv")

    chunks = commands.add_parser("chunks", help="Chroma's chunking benchmark: recall and IoU in characters")
    chunks.add_argument("directory", type=Path, metavar="DIR", help="corpora/*.md and questions_df.csv")
    chunks.add_argument("--top-k", type=int, default=5, metavar="K", help="chunks retrieved (default: 5)")
    chunks.add_argument("--chunk-tokens", type=int, metavar="N", help="another chunk size than the shipped one")
    chunks.add_argument("--limit", type=int, metavar="N", help="only N questions, evenly spaced")

    clapnq = commands.add_parser("clapnq", help="CLAPnq: ROUGE-L, refusals, citations by sentence")
    clapnq.add_argument("files", type=Path, nargs="+", metavar="FILE")
    clapnq.add_argument("--mode", choices=["gold", "pooled"], default="gold", help="over the gold passage, or over all")
    clapnq.add_argument("--llm", default="none", help="none, embedded, or a server's URL (default: none)")
    clapnq.add_argument("--limit", type=int, metavar="N", help="only the first N questions of each file")

    mtrag = commands.add_parser("mtrag", help="MTRAG-UN, pooled: retrieval in conversations, refusals, asking back")
    mtrag.add_argument("reference", type=Path, metavar="REFERENCE.jsonl")
    mtrag.add_argument("qrels", type=Path, nargs="+", metavar="QRELS.tsv")
    mtrag.add_argument("--llm", default="none", help="none, embedded, or a server's URL (default: none)")
    mtrag.add_argument("--limit", type=int, metavar="N", help="only the first N tasks")

    mutations = commands.add_parser("mutations", help="true sentences with one thing made false: what the verifier catches")
    mutations.add_argument(
        "data", type=Path, nargs="?", default=DATA, help="the open benchmark data (default: ../shared/data)"
    )
    mutations.add_argument("--per-corpus", type=int, default=60, metavar="N", help="sentences of each corpus (default: 60)")

    wice = commands.add_parser("wice", help="WiCE, oracle retrieval dataset: the verifier's judgement of claims")
    wice.add_argument("path", type=Path, metavar="FILE")
    wice.add_argument("--limit", type=int, metavar="N", help="only the first N claims")

    fit = commands.add_parser("fit-support", help="the weights of the verifier's support score, from WiCE's open half")
    fit.add_argument("path", type=Path, metavar="FILE")

    intents = commands.add_parser("intents", help="small talk and questions about the assistant told from all others")
    intents.add_argument("--data", type=Path, default=DATA, help="the open benchmark data (default: ../shared/data)")
    intents.add_argument("--write", action="store_true", help="first write the vectors of the examples anew")

    reading = commands.add_parser("fit-reading", help="the weights of what the reader's log-odds are joined by")
    reading.add_argument("--data", type=Path, default=DATA, help="the open benchmark data (default: ../shared/data)")
    reading.add_argument(
        "--embedder", default="multilingual", choices=["multilingual", "embedded"], help="which one's models"
    )
    reading.add_argument("--out", type=Path, metavar="FILE", help="instead of the models' own file")

    commands.add_parser("fit-readings", help="whether a question leans on the turns before it: the weights")

    judge = commands.add_parser("fit-judge", help="how well the model's yes to its answer parts right from wrong")
    judge.add_argument("--limit", type=int, default=60, metavar="N", help="questions of each half (default: 60)")
    judge.add_argument("--llm", default="embedded", help="embedded, or a server's URL (default: embedded)")

    contoso = commands.add_parser("contoso", help="Azure's demo documents: pages found and cited, answers against the truth")
    contoso.add_argument("directory", type=Path, metavar="DIR", help="the documents lie in DIR/docs")
    contoso.add_argument("--questions", type=Path, required=True, metavar="FILE")
    contoso.add_argument("--llm", default="none", help="none, embedded, or a server's URL (default: none)")
    contoso.add_argument("--limit", type=int, metavar="N", help="only the first N questions")

    articles = commands.add_parser("articles", help="whole articles in eleven languages: answers, refusals, short answers")
    articles.add_argument("directory", type=Path, nargs="?", default=DATA / "articles", metavar="DIR")
    articles.add_argument("--without-own", action="store_true", help="ask of the other articles alone: any answer is false")
    articles.add_argument("--kind", action="append", dest="kinds", metavar="KIND", help="squad2, same or cross; repeatable")
    articles.add_argument("--limit", type=int, metavar="N", help="only N questions of each kind, language and answerability")
    articles.add_argument("--llm", default="none", help="none, embedded, or a server's URL (default: none)")

    office = commands.add_parser("office", help="small files of everyday work, by kind")
    office.add_argument("directory", type=Path, nargs="?", default=DATA / "office", metavar="DIR")
    office.add_argument("--kind", action="append", dest="kinds", metavar="KIND", help="only this kind; may be repeated")
    office.add_argument("--llm", default="none", help="none, embedded, or a server's URL (default: none)")

    speed = commands.add_parser("speed", help="how fast a folder is taken in, beside the encoder alone and llama-index")
    speed.add_argument("directory", type=Path, nargs="?", default=DATA, metavar="DIR", help="the open benchmark data")
    speed.add_argument(
        "--documents", type=int, default=200, metavar="N", help="texts of an abstract's length (default: 200)"
    )
    speed.add_argument("--rounds", type=int, default=3, metavar="N", help="how often each is timed (default: 3)")
    speed.add_argument("--no-peers", action="store_false", dest="peers", help="without llama-index")

    train = commands.add_parser("train-reader", help="a round of training of the reader, on two idle cores")
    train.add_argument("--data", type=Path, default=DATA, help="the open benchmark data (default: ../shared/data)")
    train.add_argument("--out", type=Path, metavar="DIR", help="where checkpoints go (default: the platform's cache folder)")
    train.add_argument("--minutes", type=float, default=90, help="how long (default: 90)")
    train.add_argument("--rate", type=float, default=5e-5, help="the highest learning rate (default: 5e-5)")
    train.add_argument("--seed", type=int, default=7, help="what is drawn, and in which order (default: 7)")
    train.add_argument("--fresh", action="store_true", help="begin with the encoder's own layers, not the committed weights")

    compare = commands.add_parser("compare", help="two saved runs, question by question; exit code 1 on a regression")
    compare.add_argument("first", type=Path, metavar="A")
    compare.add_argument("second", type=Path, metavar="B")
    compare.add_argument("--score", metavar="NAME", help="the score that decides (default: right, else the first)")

    report = commands.add_parser("report", help="saved runs as one HTML page")
    report.add_argument("runs", type=Path, nargs="+", metavar="RUN")
    report.add_argument("--out", type=Path, default=RUNS / "report.html", metavar="FILE.html")

    rivals = commands.add_parser("rivals", help="llama-index's engines and BM25 beside ours, same questions and model")
    rivals.add_argument("--limit", type=int, default=12, metavar="N", help="questions, spread over the kinds (default: 12)")
    rivals.add_argument("--data", type=Path, default=DATA, help="the open benchmark data (default: ../shared/data)")

    deletion = commands.add_parser("deletion", help="delete what answers cite, and ask again")
    deletion.add_argument("--sample", type=int, metavar="N", help="only N questions, spread over the kinds")
    deletion.add_argument("--llm", default="none", help="none, embedded, or a server's URL (default: none)")

    commands.add_parser("switch", help="a question about one document after one about another: what leaks in")

    gate = commands.add_parser("gate", help="what CI measures, against the floors of gates.toml")
    gate.add_argument("--data", type=Path, default=DATA, help="the open benchmark data (default: ../shared/data)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
