"""Synthesis (CEGIS) of small models: decide whether one with d words of p bits exists for a language."""

from streamssm.limits.synthesis.model_class import ModelClass, Weights
from streamssm.limits.synthesis.synthesize import Synthesis, SynthesisVerdict, synthesize

__all__ = ["ModelClass", "Synthesis", "SynthesisVerdict", "Weights", "synthesize"]
