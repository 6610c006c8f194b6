"""Synthesis of small models: does one with d words of p bits exist for a language?"""

from streamssm.limits.synthesis.model_class import Setting, Weights
from streamssm.limits.synthesis.synthesize import Synthesis, Verdict, synthesize

__all__ = ["Setting", "Synthesis", "Verdict", "Weights", "synthesize"]
