"""Drawings of models: as text, as DOT and as SVG."""
