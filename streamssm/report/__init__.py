"""Reports: what an artefact is and costs, as plain values."""
