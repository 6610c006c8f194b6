"""The claims and what was seen of each, as a page that needs nothing but a browser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from streamssm.limits.reproduce.claims import Verdict
from streamssm.limits.reproduce.reproduce import Row

COLORS = {
    Verdict.SHOWN: "#1b7f4d",
    Verdict.CONSISTENT: "#2f6db3",
    Verdict.NOT_HERE: "#6b6b6b",
    Verdict.CONTRADICTED: "#b3261e",
    Verdict.NOTHING_RUN: "#b3261e",
}
MEANINGS = {
    Verdict.SHOWN: "on the instances that are named, on every stream or in every case",
    Verdict.CONSISTENT: "nothing that was run contradicts it; of bounds no more can be said",
    Verdict.NOT_HERE: "nothing that can be run bears on it; its premises were checked",
    Verdict.CONTRADICTED: "an instance came out otherwise",
    Verdict.NOTHING_RUN: "no evidence",
}
STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .5rem .7rem; border-bottom: 1px solid #ddd }
th { position: sticky; top: 0; background: #fff }
td.time { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.verdict { color: #fff; border-radius: .3rem; padding: .1rem .5rem; white-space: nowrap }
.fails { color: #b3261e; font-weight: 600 }
details > ul { margin: .3rem 0 0; padding-left: 1.1rem } summary { cursor: pointer }
small { color: #666 }
"""


def claims_page(rows: Sequence[Row], version: str) -> str:
    """Return the page; everything that was run is in it, folded."""
    counts = Counter(row.verdict for row in rows)
    legend = "".join(f"<li>{_badge(v)} {escape(MEANINGS[v])}</li>" for v in Verdict if counts[v])
    total = sum(row.seconds for row in rows)
    body = "".join(map(_row, rows))
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>streamssm: what the papers claim, and what was seen</title><style>{STYLE}</style></head>\n"
        f"<body><h1>What the papers claim, and what was seen</h1>\n"
        f"<p>streamssm {escape(version)}, {len(rows)} claims, {total:.0f} s.</p><ul>{legend}</ul>\n"
        "<table><thead><tr><th>claim</th><th>what was run</th><th>verdict</th><th>s</th></tr></thead>\n"
        f"<tbody>{body}</tbody></table></body></html>\n"
    )


def _row(row: Row) -> str:
    claim = row.claim
    return (
        f"<tr id='{escape(claim.id)}'><td><b>{escape(claim.id)}</b> {escape(claim.statement)}<br>"
        f"<small>{escape(claim.source)}</small></td><td>{_evidence(row)}</td>"
        f"<td>{_badge(row.verdict)}</td><td class='time'>{row.seconds:.1f}</td></tr>\n"
    )


def _evidence(row: Row) -> str:
    items = "".join(
        f"<li{'' if part.holds else ' class=fails'}>{escape(part.seen)}</li>" for part in row.evidence
    )
    title = escape("; ".join(row.instances) or "nothing")
    is_open = "" if all(part.holds for part in row.evidence) else " open"
    return f"<details{is_open}><summary>{title}</summary><ul>{items}</ul></details>"


def _badge(verdict: Verdict) -> str:
    return f"<span class='verdict' style='background:{COLORS[verdict]}'>{escape(verdict.value)}</span>"
