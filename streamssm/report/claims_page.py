"""The claims and their evidence, as one self-contained HTML page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from streamssm.claims.claims import ClaimVerdict
from streamssm.claims.evidence import Covers, Evidence
from streamssm.claims.reproduce import ClaimRow, Run, total_seconds

COLORS = {
    ClaimVerdict.SHOWN: "#1b7f4d",
    ClaimVerdict.CONSISTENT: "#2f6db3",
    ClaimVerdict.NOT_HERE: "#6b6b6b",
    ClaimVerdict.CONTRADICTED: "#b3261e",
    ClaimVerdict.NOTHING_RUN: "#b3261e",
}
MEANINGS = {
    ClaimVerdict.SHOWN: "on the named instances, on every stream or in every case",
    ClaimVerdict.CONSISTENT: "no run contradicts it: the strongest verdict possible for a bound",
    ClaimVerdict.NOT_HERE: "no experiment can test it; its premises were checked",
    ClaimVerdict.CONTRADICTED: "an instance contradicts it",
    ClaimVerdict.NOTHING_RUN: "no evidence",
}
NOTES = {Covers.ALL: "", Covers.SOME: "some cases", Covers.MEASURED: "a measurement"}
STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .5rem .7rem; border-bottom: 1px solid #ddd }
th { position: sticky; top: 0; background: #fff }
td.claim { width: 34% }
td.time, th.time { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.verdict { color: #fff; border-radius: .3rem; padding: .1rem .5rem; white-space: nowrap }
.fails { color: #b3261e; font-weight: 600 }
ul.legend { list-style: none; padding: 0 } ul.legend li { margin: .25rem 0 }
details > ul { margin: .2rem 0 .5rem; padding-left: 1.1rem; color: #333; font-size: .93em }
summary { cursor: pointer } small, .note { color: #666 } .note { font-size: .85em; font-style: italic }
"""
ARXIV = "arXiv "


def claims_page(rows: Sequence[ClaimRow], version: str) -> str:
    """Return the page; all evidence is in it, folded."""
    counts = Counter(row.verdict for row in rows)
    legend = "".join(
        f"<li>{_badge(v)} <b>{counts[v]}</b> {escape(MEANINGS[v])}</li>" for v in ClaimVerdict if counts[v]
    )
    body = "".join(map(_row, rows))
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>streamssm: claims of the papers, and verdicts</title><style>{STYLE}</style></head>\n"
        "<body><h1>Claims of the papers, and verdicts</h1>\n"
        f"<p>streamssm {escape(version)}, {len(rows)} claims, {total_seconds(rows):.0f} s. "
        "Click an instance to see its evidence. Evidence from some cases only is marked; all other evidence "
        f"covers every stream, or every case, of its instance.</p>\n<ul class='legend'>{legend}</ul>\n"
        "<table><thead><tr><th>claim</th><th>what was run</th><th>verdict</th><th class='time'>s</th></tr>"
        f"</thead>\n<tbody>{body}</tbody></table></body></html>\n"
    )


def _row(row: ClaimRow) -> str:
    claim = row.claim
    runs = "".join(map(_run, row.runs)) or "nothing"
    return (
        f"<tr id='{escape(claim.id)}'><td class='claim'><b>{escape(claim.id)}</b> {escape(claim.statement)}"
        f"<br><small>{_source(claim.source)}</small></td><td>{runs}</td>"
        f"<td>{_badge(row.verdict)}</td><td class='time'>{row.seconds:.1f}</td></tr>\n"
    )


def _source(source: str) -> str:
    number = source.removeprefix(ARXIV)
    if number == source:
        return escape(source)
    return f"<a href='https://arxiv.org/abs/{escape(number)}'>{escape(source)}</a>"


def _run(run: Run) -> str:
    items = "".join(map(_item, run.evidence))
    is_open = "" if all(part.holds for part in run.evidence) else " open"
    return f"<details{is_open}><summary>{escape(run.instance)}</summary><ul>{items}</ul></details>"


def _item(part: Evidence) -> str:
    note = f" <span class='note'>{NOTES[part.covers]}</span>" if NOTES[part.covers] else ""
    return f"<li{'' if part.holds else ' class=fails'}>{escape(part.seen)}{note}</li>"


def _badge(verdict: ClaimVerdict) -> str:
    return f"<span class='verdict' style='background:{COLORS[verdict]}'>{escape(verdict.value)}</span>"
