"""Source languages (Python classes, past-time LTL) and their translation to a Program."""
