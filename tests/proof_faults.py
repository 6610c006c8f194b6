"""Faults in what is asked and assumed: steps, relations, induction, cut points, questions to the solver."""

from __future__ import annotations

from tests.planting import faults_of

INDUCTION = faults_of(
    "streamssm.equivalences.proving.induction",
    (
        "induction: claims are not kept",
        "preserved = claim.condition(t, states)",
        "preserved = claim.condition(t, self.related.states)",
    ),
    (
        "induction: the guard is inverted",
        "guard = [] if failed is None else [t.not_(failed)]",
        "guard = [] if failed is None else [failed]",
    ),
    (
        "induction: outputs after the first are skipped",
        "zip(a.outputs, b.outputs, strict=True)):\n            equal",
        "zip(a.outputs[:1], b.outputs[:1], strict=True)):\n            equal",
    ),
    (
        "induction: an error on one side is none",
        "same = t.eq0(t.sub(a.failed, b.failed))",
        "same = t.const(1)",
    ),
    (
        "induction: unknown holds",
        'return self.result in (BY_FORM, BY_REGIONS, "unsat")',
        'return self.result in (BY_FORM, BY_REGIONS, "unsat", "unknown")',
    ),
    (
        "induction: claims after the first are not kept",
        "for claim in self.relation.claims:",
        "for claim in self.relation.claims[:1]:",
    ),
)

RELATING = faults_of(
    "streamssm.equivalences.proving.related_states",
    (
        "relating: an offset is turned",
        "self._expression(other), -shifted[1]))",
        "self._expression(other), shifted[1]))",
    ),
    (
        "relating: bits above are taken as 0",
        'free = [("low", slot.low, 0), ("high", above, top)]',
        'free = [("low", slot.low, 0)]',
    ),
    ("relating: two settled words are equal", "return self._word(left) is self._word(right)", "return True"),
)

SWEEP = faults_of(
    "streamssm.equivalences.proving.sat_sweeping",
    ("sweep: joined without asking", 'if answer == "unsat":', 'if answer in ("unsat", "unknown"):'),
    (
        "sweep: alike on samples is equal",
        'if unlike.is_const:\n            return "unknown" if unlike.value',
        'return "unsat"\n        if unlike.is_const:\n            return "unknown" if unlike.value',
    ),
)

SMTLIB = faults_of(
    "streamssm.equivalences.smt.smtlib",
    (
        "smtlib: signed words are filled with 0",
        'kind = "sign_extend" if range_.lo < 0 else',
        'kind = "zero_extend" if range_.lo < 0 else',
    ),
    (
        "smtlib: a sign bit too few",
        "(~range_.lo).bit_length(), range_.hi.bit_length()) + 1",
        "(~range_.lo).bit_length() + 1, range_.hi.bit_length())",
    ),
    ("smtlib: a table is cut one off", "literal(first + middle, size)", "literal(first + middle + 1, size)"),
    (
        "smtlib: ends of a variable are left out",
        'if hi < most:\n            self.lines.append(f"(assert (bv{sign}le',
        'if hi < most:\n            self.lines.append(f"(assert (bv{sign}lt',
    ),
    (
        "smtlib: signs are lost in comparisons",
        'size, sign = width_of(both), "s" if both.lo < 0 else "u"\n    return f"(bv',
        'size, sign = width_of(both), "u"\n    return f"(bv',
    ),
)

MODELS = (
    *faults_of(
        "streamssm.equivalences.proving.lemmas",
        ("lemmas: what was not shown is taken", "meaning if how else None", "meaning"),
        (
            "lemmas: the output's bias is dropped",
            "return terms.sum(output.bias, [(signals",
            "return terms.sum(0, [(signals",
        ),
    ),
    *faults_of(
        "streamssm.equivalences.proving.cases",
        (
            "cases: one input is tried",
            "for values, output in zip(cases, outputs, strict=True):",
            "for values, output in list(zip(cases, outputs, strict=True))[:1]:",
        ),
    ),
    *faults_of(
        "streamssm.equivalences.proving.gathers",
        (
            "gathers: constants are not compared",
            "if actual != expected or constants[row] != constant:",
            "if actual != expected:",
        ),
    ),
    *faults_of(
        "streamssm.equivalences.proving.networks",
        (
            "networks: a meaning outside its ranges",
            "if self._inputs_in_range(gadget, args, far=False):",
            "if True:",
        ),
    ),
    *faults_of(
        "streamssm.equivalences.proving.models",
        (
            "models: a word is not rounded half up",
            "t.shifted(total, half_unit(word.format.rounding, fraction_bits))",
            "total",
        ),
        (
            "models: saturation is no clamp",
            "return clamped(t, value, form.range)\n    if",
            "return value\n    if",
        ),
        (
            "models: failures of later thoughts",
            "failed_later = t.or_([now.failed, t.and_([t.not_(ready), later.failed])])",
            "failed_later = now.failed",
        ),
    ),
    *faults_of(
        "streamssm.equivalences.proving.programs",
        (
            "programs: the first store counts",
            "after[store.first + offset] = t.ite(meets, value, after[store.first + offset])",
            "after[store.first + offset] = t.ite(meets, value, state[store.first + offset])",
        ),
        ("programs: a store is always enabled", "t.and_([t.truth(enable), t.eq0(", "t.and_([t.eq0("),
        (
            "programs: outputs read the registers before",
            "Leaves(token, next_state), traps)",
            "Leaves(token, state), traps)",
        ),
    ),
    *faults_of(
        "streamssm.equivalences.proving.encode_graph",
        (
            "graphs: at most is less than",
            "e.terms.ge0(e.terms.sub(args[1], args[0]))",
            "e.terms.ge0(e.terms.sum(-1, [(args[1], 1), (args[0], -1)]))",
        ),
        ("graphs: a bias is dropped", "total = e.terms.sum(bias, zip", "total = e.terms.sum(0, zip"),
    ),
)
