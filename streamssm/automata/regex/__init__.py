"""Regular expressions over named symbols: text -> expression -> minimal machine -> text."""
