/* The algorithm of Hopcroft and Karp, breadth first: pairs that must be equal are merged until two differ.
 *
 * A pair is left out where its states are equal by the pairs before it. If they differ by some word, then so does one
 * of those pairs, by a word that is no longer; hence the first difference that is met is a shortest one.
 */
#include "automaton.h"

static int32_t root_of(int32_t *parents, int32_t node)
{
    while (parents[node] >= 0) {
        int32_t above = parents[node];
        if (parents[above] >= 0) parents[node] = parents[above];
        node = above;
    }
    return node;
}

/* Merges the sets of two nodes; returns whether they were two. */
static int merge(int32_t *parents, int32_t x, int32_t y)
{
    x = root_of(parents, x);
    y = root_of(parents, y);
    if (x == y) return 0;
    if (parents[x] > parents[y]) { /* y's set is larger: sizes are stored as -1 - size */
        int32_t swap = x;
        x = y;
        y = swap;
    }
    parents[x] += parents[y] + 1;
    parents[y] = x;
    return 1;
}

static int32_t first_unlike(const int32_t *a, const int32_t *b, int32_t width)
{
    for (int32_t i = 0; i < width; i++)
        if (a[i] != b[i]) return i;
    return -1;
}

am_difference am_distinguish(const am_machine *a, const am_machine *b, am_pairs *work)
{
    const int32_t num_symbols = a->num_symbols, width = a->out_width, shift = a->num_states;
    int32_t found = 0;
    for (int32_t node = 0; node < a->num_states + b->num_states; node++) work->parents[node] = -2;
    merge(work->parents, a->initial, shift + b->initial);
    work->left[0] = a->initial;
    work->right[0] = b->initial;
    work->origins[0] = work->symbols[0] = -1;
    found++;
    for (int32_t at = 0; at < found; at++) {
        const int64_t p = work->left[at], q = work->right[at];
        int32_t unlike = first_unlike(a->out + p * width, b->out + q * width, width);
        if (unlike >= 0) return (am_difference){at, unlike};
        const int32_t *row_p = a->next + p * num_symbols, *row_q = b->next + q * num_symbols;
        for (int32_t symbol = 0; symbol < num_symbols; symbol++) {
            if (!merge(work->parents, row_p[symbol], shift + row_q[symbol])) continue;
            work->left[found] = row_p[symbol];
            work->right[found] = row_q[symbol];
            work->origins[found] = at;
            work->symbols[found++] = symbol;
        }
    }
    return (am_difference){-1, -1};
}
