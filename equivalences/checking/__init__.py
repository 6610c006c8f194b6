"""The parts of `streamssm.equivalences.check`: sides, methods, witnesses, reports."""
