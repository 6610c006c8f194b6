"""Plots of measurements, as SVG; the same result gives the same bytes."""
