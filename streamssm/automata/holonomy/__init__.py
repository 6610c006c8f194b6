"""Holonomy decomposition (Eilenberg): a cascade from the action of words on sets of states."""
