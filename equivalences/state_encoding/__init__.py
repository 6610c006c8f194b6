"""The passes of E3: state encodings of a language's automaton, and layers that update them."""
