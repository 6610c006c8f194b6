"""The parts of `streamssm.equivalences.check`: sides, search methods, witnesses and reports."""
