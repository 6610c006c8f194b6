"""Regular expressions over named symbols: text -> expression -> minimal DFA -> text."""
