"""Check of the author's guarantee on every sampled stream."""

from __future__ import annotations

from streamssm.testing.execution_forms import Forms


def check_guarantee(forms: Forms) -> None:
    """Check the guarantee, if there is one; report the shortest prefix that violates it."""
    if forms.guarantee is None:
        return
    for stream in forms.streams:
        outputs = forms.outputs(stream)[1:]
        if not forms.guarantee(stream, outputs):
            ends = range(len(stream) + 1)
            end = next(n for n in ends if not forms.guarantee(stream[:n], outputs[:n]))
            raise forms.failure(f"the guarantee is violated after {end} tokens", stream[:end])
