"""The passes of E3: the coordinates of a language's automaton as state words of layers."""
