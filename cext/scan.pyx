"""Diagonal recurrences in floating point: h[t] = a[t] h[t-1] + b[t], for complex numbers.

T = steps, D = words; _tdc: step, word, real and imaginary part. Each product of parts, each sum is rounded
once, in the order in which it is written, so that every machine gives the same bits.
"""

from libc.stdint cimport int64_t

import numpy as np

from streamssm.cext.call_checks import require_complex

ctypedef fused real:
    float
    double


cdef void run(const real[:, :, ::1] a_tdc, const real[:, :, ::1] b_tdc, real[:, ::1] h_dc,
              real[:, :, ::1] out_tdc) noexcept nogil:
    cdef int64_t t, d
    cdef real re, im
    for t in range(a_tdc.shape[0]):
        for d in range(a_tdc.shape[1]):
            re = a_tdc[t, d, 0] * h_dc[d, 0] - a_tdc[t, d, 1] * h_dc[d, 1]
            im = a_tdc[t, d, 0] * h_dc[d, 1] + a_tdc[t, d, 1] * h_dc[d, 0]
            h_dc[d, 0] = re + b_tdc[t, d, 0]
            h_dc[d, 1] = im + b_tdc[t, d, 1]
            out_tdc[t, d, 0] = h_dc[d, 0]
            out_tdc[t, d, 1] = h_dc[d, 1]


cdef void start(real kind, object a, object b, object state, object out) except *:
    cdef const real[:, :, ::1] a_tdc = parts(a)
    cdef const real[:, :, ::1] b_tdc = parts(b)
    cdef real[:, ::1] h_dc = parts(state)
    cdef real[:, :, ::1] out_tdc = parts(out)
    with nogil:
        run(a_tdc, b_tdc, h_dc, out_tdc)


def parts(array):
    """Return complex numbers as pairs of real ones, the same memory."""
    return array.view(array.real.dtype).reshape(*array.shape, 2)


def diagonal(a, b, state):
    """Return the states of a diagonal recurrence after every step; ``state`` is left as it was.

    Law: h[t] = a[t] h[t-1] + b[t], h[-1] = state; every operation on real and imaginary parts rounded once.

    Parameters
    ----------
    a, b : complex64 or complex128 arrays (T, D)
    state : the same kind (D,)

    Returns
    -------
    array of the same kind (T, D)

    Raises
    ------
    ParameterError
        If an array has another dtype or shape.

    Examples
    --------
    >>> import numpy as np
    >>> turn = np.full((4, 1), 1j)
    >>> diagonal(turn, np.zeros((4, 1), complex), np.ones(1, complex))[:, 0].tolist()
    [1j, (-1+0j), -1j, (1+0j)]
    """
    a = require_complex("a", a, (None, None), None)
    b = require_complex("b", b, a.shape, a.dtype)
    last = require_complex("state", state, a.shape[1:], a.dtype).copy()
    out = np.empty_like(a)
    if out.size:
        if a.dtype == np.complex64:
            start(<float>0, a, b, last, out)
        else:
            start(<double>0, a, b, last, out)
    return out
