/* Some neighbouring words over all steps of a tile, their states in registers.
 *
 * V is a vector of LANES words or a single word. now and next are states in the working width: one array (d,) for each
 * component. mode, rounded and count are constants once inlined.
 */

/* Returns whether a word left its range where that is an error. */
BM_INLINE int KIND(scan_group)(const NAME(tile) *tile, int64_t first, int64_t num_steps, const W *now, W *next,
                               const int mode, const int rounded, const int count)
{
    V h[4], lo[4], hi[4], mask[4], half[4], errs[4], bad[4];
    BM_UNROLL for (int v = 0; v < count; v++) {
        const int64_t at = first + v * LANES;
        h[v] = KIND(words)(now + at), lo[v] = KIND(words)(tile->lo + at), hi[v] = KIND(words)(tile->hi + at);
        mask[v] = KIND(words)(tile->mask + at), errs[v] = KIND(words)(tile->errs + at);
        half[v] = KIND(words)(tile->half + at), bad[v] = h[v] ^ h[v];
    }
    const S *a = tile->gates + first, *b = a + tile->num_gates - tile->dim;
    S *out = tile->out + first;
    for (int64_t t = 0; t < num_steps; t++) {
        BM_UNROLL for (int v = 0; v < count; v++) {
            V x = KIND(times)(KIND(load)(a + v * LANES), h[v]);
            if (rounded) x = (V)((SV)(x + half[v]) >> tile->places);
            x += KIND(load)(b + v * LANES);
            if (mode == BM_WRAP || mode == BM_MIXED) x = ((x - lo[v]) & mask[v]) + lo[v];
            if (mode != BM_WRAP) h[v] = KIND(min)(KIND(max)(x, lo[v]), hi[v]);
            else h[v] = x;
            if (mode == BM_ERROR) bad[v] |= h[v] ^ x;
            if (mode == BM_MIXED) bad[v] |= (h[v] ^ x) & errs[v];
            KIND(store)(out + v * LANES, h[v]);
        }
        a += tile->num_gates, b += tile->num_gates, out += tile->dim;
    }
    int any = 0;
    BM_UNROLL for (int v = 0; v < count; v++) {
        memcpy(next + first + v * LANES, &h[v], sizeof(V));
        any |= KIND(any)(bad[v]);
    }
    return any;
}

BM_INLINE void KIND(affine_group)(const NAME(tile) *tile, int64_t first, int64_t num_steps, const W *now, W *next,
                                  const int count)
{
    V slope[4], offset[4];
    const int64_t dim = tile->dim;
    BM_UNROLL for (int v = 0; v < count; v++) {
        slope[v] = KIND(words)(now + first + v * LANES), offset[v] = KIND(words)(now + dim + first + v * LANES);
    }
    const S *a = tile->gates + first, *b = a + tile->num_gates - dim;
    for (int64_t t = 0; t < num_steps; t++) {
        BM_UNROLL for (int v = 0; v < count; v++) {
            V entry = KIND(load)(a + v * LANES);
            slope[v] = KIND(times)(slope[v], entry);
            offset[v] = KIND(times)(offset[v], entry) + KIND(load)(b + v * LANES);
        }
        a += tile->num_gates, b += tile->num_gates;
    }
    BM_UNROLL for (int v = 0; v < count; v++) {
        memcpy(next + first + v * LANES, &slope[v], sizeof(V));
        memcpy(next + dim + first + v * LANES, &offset[v], sizeof(V));
    }
}

/* clamp(slope h + offset, low, high) for entries in {-1, 0, 1}. The offset may stop where all states have reached one
 * end: from there on they keep its company, whatever is added to both. */
BM_INLINE void KIND(line_group)(const NAME(tile) *tile, int64_t first, int64_t num_steps, const W *now, W *next,
                                const int count)
{
    V slope[2], offset[2], low[2], high[2], lo[2], hi[2], cap[2];
    const int64_t dim = tile->dim;
    BM_UNROLL for (int v = 0; v < count; v++) {
        const int64_t at = first + v * LANES;
        slope[v] = KIND(words)(now + at), offset[v] = KIND(words)(now + dim + at);
        low[v] = KIND(words)(now + 2 * dim + at), high[v] = KIND(words)(now + 3 * dim + at);
        lo[v] = KIND(words)(tile->lo + at), hi[v] = KIND(words)(tile->hi + at), cap[v] = KIND(words)(tile->mask + at);
    }
    const S *a = tile->gates + first, *b = a + tile->num_gates - dim;
    for (int64_t t = 0; t < num_steps; t++) {
        BM_UNROLL for (int v = 0; v < count; v++) {
            V entry = KIND(load)(a + v * LANES), added = KIND(load)(b + v * LANES);
            V one = KIND(min)(KIND(max)(KIND(times)(low[v], entry) + added, lo[v]), hi[v]);
            V two = KIND(min)(KIND(max)(KIND(times)(high[v], entry) + added, lo[v]), hi[v]);
            slope[v] = KIND(times)(slope[v], entry);
            offset[v] = KIND(min)(KIND(max)(KIND(times)(offset[v], entry) + added, (V)(0 - cap[v])), cap[v]);
            low[v] = KIND(min)(one, two), high[v] = KIND(max)(one, two);
        }
        a += tile->num_gates, b += tile->num_gates;
    }
    BM_UNROLL for (int v = 0; v < count; v++) {
        W *to = next + first + v * LANES;
        memcpy(to, &slope[v], sizeof(V)), memcpy(to + dim, &offset[v], sizeof(V));
        memcpy(to + 2 * dim, &low[v], sizeof(V)), memcpy(to + 3 * dim, &high[v], sizeof(V));
    }
}
