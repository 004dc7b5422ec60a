"""`report RUN…`: saved runs as one HTML page on its own: how they were made, tables, plots, flipped questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from evals import plots
from evals.compare import LOWER_IS_BETTER, Pair, asked, flipped, pair, reply
from evals.errors import EvaluationError
from evals.runs import RUNS, Record, load_run, print_figures, print_table
from evals.statistics import Estimate, mean, percentiles, proportion

CSS = """
body { font: 14px/1.45 system-ui, sans-serif; color: #1a1a1a; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { margin: 2.2rem 0 .5rem; border-bottom: 1px solid #ccc; } h3 { margin: 1.4rem 0 .4rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid #e4e4e4; }
th { font-weight: 600; } tbody th { white-space: nowrap; } .totalled tbody tr:last-child { border-top: 2px solid #888; }
small, .note { color: #595959; } svg { display: block; margin-top: .8rem; max-width: 100%; height: auto; }
.totalled :is(th, td) { padding: .2rem .35rem; font-size: 12px; } .totalled small { display: block; white-space: nowrap; }
.flip { margin: 0 0 1.2rem; padding: .6rem .8rem; border: 1px solid #ddd; border-radius: 6px; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1.2rem; } .sides div { min-width: 0; overflow-wrap: anywhere; }
.answer { white-space: pre-wrap; margin: .3rem 0; } .sources { margin: .3rem 0; padding-left: 1.2rem; font-size: 12.5px; }
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A saved run under the name that the page gives it."""

    label: str
    folder: Path
    facts: dict[str, Any]
    records: list[Record]


def report(runs: Sequence[Path], *, out: Path = RUNS / "report.html") -> dict[str, Any]:
    """Write the page for saved runs; the first two are compared question by question. Its figures, by run."""
    loaded = [Loaded(f"run {number}", folder, *load_run(folder)) for number, folder in enumerate(runs, 1)]
    sections = [_header(loaded), *(_by_group(run) for run in loaded)]
    sections += [_confidence(loaded), _latency(loaded), f"<h2>Flipped questions</h2>{_flips(loaded)}"]
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Evaluation report</title>'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{CSS}</style></head><body><h1>Evaluation report</h1>{''.join(sections)}</body></html>\n"
    )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        raise EvaluationError(f"the page can't be written to {out}: {error.strerror}") from error
    figures = {run.label: {"n": len(run.records)} | plots.calibration(plots.judged(run.records)) for run in loaded}
    print_table(["run", *figures[loaded[0].label]], [[run.folder.name, *figures[run.label].values()] for run in loaded])
    print(f"written to {out}")
    print_figures("report", figures | {"n": len(loaded)})
    return figures


def _header(runs: Sequence[Loaded]) -> str:
    """A column per run: commit, settings, fingerprints, seed and date; then its figures."""
    names = ("command", "started", "commit", "code", "index", "data", "seed")
    facts = [{"folder": run.folder.name, "questions": len(run.records)} for run in runs]
    for own, run in zip(facts, runs, strict=True):
        own |= {name: run.facts.get(name) for name in names}
        own |= {f"option {name}": value for name, value in run.facts["options"].items()}
    figures = [_flat(run.facts.get("figures", {})) for run in runs]
    return f"<h2>How the runs were made</h2>{_beside(runs, facts)}<h2>Figures</h2>{_beside(runs, figures)}"


def _by_group(run: Loaded) -> str:
    """A row per kind, a column per score; scores that no question has are named below."""
    names = list(dict.fromkeys(name for record in run.records for name in record.scores))
    scored = [name for name in names if any(record.scores.get(name) is not None for record in run.records)]
    never = [name for name in names if name not in scored]
    groups: dict[str, list[Record]] = {}
    for record in run.records:
        groups.setdefault(record.group, []).append(record)
    binary = {n: all(r.scores.get(n) in (None, 0, 1) for r in run.records) for n in scored}
    titles = [f"{name} ↓" if name in LOWER_IS_BETTER else name for name in scored]
    rows = [["kind", "n", *(escape(title).replace("_", "_<wbr>") for title in titles)]]
    for group, own in [*groups.items(), ("all", run.records)]:
        estimates = [estimate([record.scores.get(name) for record in own], binary[name]) for name in scored]
        rows.append([escape(group), str(len(own)), *map(_cell, estimates)])
    note = "Intervals are of 95 %: Wilson's where every value is 0 or 1, else by bootstrap; n counts what could be scored, "
    note += f"– is nothing to score. ↓ means lower is better. Never scored: {', '.join(never) or 'none'}."
    return f"<h2>By kind: {run.label} ({escape(run.facts['command'])})</h2>{_table(rows, 'totalled')}{_note(note)}"


def estimate(values: Sequence[float | None], binary: bool) -> Estimate:
    """The mean of scores: with Wilson's interval where they can only be 0 or 1."""
    return proportion([None if value is None else value == 1 for value in values]) if binary else mean(values)


def _confidence(runs: Sequence[Loaded]) -> str:
    """Whether the confidence tells right answers from wrong ones: ranked by it, and taken at its word."""
    judged = {run.label: answers for run in runs if (answers := plots.judged(run.records))[0]}
    without = [run.label for run in runs if run.label not in judged]
    missing = _note(f"No answers with both a confidence and a score right: {', '.join(without)}.") if without else ""
    if not judged:
        return "<h2>Confidence</h2>" + missing
    rows = [["run", "answers", "expected calibration error, 10 bins of equal count", "coverage at 5 % error"]]
    rows += [[label, *map(_cell, plots.calibration(answers).values())] for label, answers in judged.items()]
    return (
        f"<h2>Confidence</h2>{missing}{_table(rows)}<h3>Risk and coverage</h3>{plots.risk_coverage_figure(judged)}"
        f"<h3>Reliability, with Wilson intervals</h3>{plots.reliability_figure(judged)}"
    )


def _latency(runs: Sequence[Loaded]) -> str:
    times = {run.label: plots.times(run.records) for run in runs}
    if not any(values for own in times.values() for values in own.values()):
        return "<h2>Seconds</h2>" + _note("No run recorded times.")
    rows = [["run", "to", "median", "95th percentile", "n"]]
    for label, own in times.items():
        for name, values in (own or {"not recorded": []}).items():
            shown = [_cell(value) for value in percentiles(values).values()]
            rows.append([label, escape(plots.TIMES.get(name, name)), *shown, str(len(values))])
    return f"<h2>Seconds</h2>{_table(rows)}{plots.latency_figure(times)}"


def _flips(runs: Sequence[Loaded]) -> str:
    if len(runs) < 2:
        return _note("One run was given: there is nothing to compare it with.")
    try:
        paired = pair((runs[0].facts, runs[0].records), (runs[1].facts, runs[1].records))
    except EvaluationError as error:
        return _note(f"Run 1 and run 2: {error}")
    counts = f"Questions in both: {len(paired.pairs)}; only in one: {len(paired.only_first)} and {len(paired.only_second)}."
    parts = [_note(f"{counts} Compared by the score {paired.main}.")]
    for what, flips in zip(("Got worse", "Got better"), flipped(paired), strict=True):
        parts.append(f"<h3>{what} from run 1 to run 2: {len(flips)}</h3>")
        parts += [_flip(records, paired.main) for records in flips]
    return "".join(parts)


def _flip(records: Pair, main: str) -> str:
    first, second = records
    turns = [f"earlier: {turn}" for turn in first.detail.get("history", [])] + [asked(first)]
    lines = [f"<b>{escape(first.id)}</b> <small>{escape(first.group)}</small>", *(f"<div>{escape(t)}</div>" for t in turns)]
    sides = _side(first, main, "run 1") + _side(second, main, "run 2")
    return f'<div class="flip">{"".join(lines)}<div class="sides">{sides}</div></div>'


def _side(record: Record, main: str, label: str) -> str:
    """One run's answer to a question, with its sources."""
    confidence = record.detail.get("confidence")
    sure = "" if confidence is None else f", confidence {confidence:.2f}"
    sources = []
    for citation in record.detail.get("citations") or []:
        page = f", page {citation['page']}" if citation.get("page") else ""
        place = f"{citation.get('file')}{page} [{citation.get('start')}, {citation.get('end')})"
        sources.append(f"<li>{escape(place)}: “{escape(str(citation.get('quote', '')))}”</li>")
    listed = f'<ol class="sources">{"".join(sources)}</ol>' if sources else "<small>no sources</small>"
    answer = escape(reply(record)) or "<small>the record holds no answer</small>"
    score = f"{label}: {escape(main)} {record.scores[main]:g}{sure}"
    return f'<div><small>{score}</small><div class="answer">{answer}</div>{listed}</div>'


def _beside(runs: Sequence[Loaded], columns: Sequence[dict[str, Any]]) -> str:
    """A table with a row per name and a column per run."""
    names = dict.fromkeys(name for column in columns for name in column)
    rows = [[escape(name), *(_cell(column.get(name)) for column in columns)] for name in names]
    return _table([["", *(run.label for run in runs)], *rows])


def _flat(figures: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Nested figures under joined names; estimates stay whole."""
    found: dict[str, Any] = {}
    for name, value in figures.items():
        if not isinstance(value, dict):
            found[before + name] = value
        elif set(value) == {"value", "low", "high", "n", "missing"}:
            found[before + name] = Estimate(**value)
        else:
            found |= _flat(value, f"{before}{name} / ")
    return found


def _cell(value: Any) -> str:
    if isinstance(value, Estimate):
        return f"{value.value:.3f} <small>{value.low:.2f}–{value.high:.2f} n={value.n}</small>" if value.n else "–"
    if isinstance(value, float):
        return f"{value:.3f}"
    return "–" if value in (None, "") else escape(str(value))


def _table(rows: Sequence[Sequence[str]], kind: str = "") -> str:
    """Rows of cells of ready HTML; the first row is the header, the first cell of each its name."""
    head = "".join(f"<th>{cell}</th>" for cell in rows[0])
    body = "".join(f"<tr><th>{name}</th>{''.join(f'<td>{c}</td>' for c in cells)}</tr>" for name, *cells in rows[1:])
    return f'<div class="wide"><table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _note(text: str) -> str:
    return f'<p class="note">{escape(text)}</p>'
