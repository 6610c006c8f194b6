"""Translations between streaming algorithms and state-space models, and the checks that two artefacts match."""
