"""Reports: summaries of artefacts as plain values, drawings, plots and the page of claims."""
