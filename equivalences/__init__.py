"""Translations between streaming algorithms and state-space models, and checks that two artefacts match."""
