"""The check of what the algorithm is for: its author's guarantee, on every stream that is tried."""

from __future__ import annotations

from streamssm.testing.forms import Forms


def check_guarantee(forms: Forms) -> None:
    """Check the guarantee, if one was given; a stream that breaks it is cut to its first bad end."""
    if forms.guarantee is None:
        return
    for stream in forms.streams:
        outputs = forms.outputs(stream)[1:]
        if not forms.guarantee(stream, outputs):
            ends = range(len(stream) + 1)
            end = next(n for n in ends if not forms.guarantee(stream[:n], outputs[:n]))
            raise forms.failure(f"the guarantee is broken, {end} tokens in", stream[:end])
