"""The transition monoid of an automaton and its groups."""
