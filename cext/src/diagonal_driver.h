/* Tiles of steps, and in a tile groups of words, so that gates come from memory once.
 *
 * The last group of vectors may overlap the one before: words are independent, and states are read from now and
 * written to next.
 */
#if VECTORS
#define EACH_GROUP(most, group, ...) \
    { \
        const int64_t lanes = (int64_t)(VECTOR_BYTES / sizeof(W)), dim = tile->dim; \
        int64_t i = 0; \
        if (dim >= lanes) { \
            for (; i + most * lanes <= dim; i += most * lanes) USE(NAME(group##_vector)(tile, i, __VA_ARGS__, most)) \
            for (; i + lanes <= dim; i += lanes) USE(NAME(group##_vector)(tile, i, __VA_ARGS__, 1)) \
            if (i < dim) USE(NAME(group##_vector)(tile, dim - lanes, __VA_ARGS__, 1)) \
            i = dim; \
        } \
        for (; i + most <= dim; i += most) USE(NAME(group##_word)(tile, i, __VA_ARGS__, most)) \
        for (; i < dim; i++) USE(NAME(group##_word)(tile, i, __VA_ARGS__, 1)) \
    }
#else
#define EACH_GROUP(most, group, ...) \
    { \
        int64_t i = 0; \
        for (; i + most <= tile->dim; i += most) USE(NAME(group##_word)(tile, i, __VA_ARGS__, most)) \
        for (; i < tile->dim; i++) USE(NAME(group##_word)(tile, i, __VA_ARGS__, 1)) \
    }
#endif

#define USE(call) any |= call;
#define SCAN_TILE(mode, rounded) \
    static int NAME(scan_tile_##mode##_##rounded)(const NAME(tile) *tile, int64_t steps, const W *now, W *next) \
    { \
        int any = 0; \
        EACH_GROUP(4, scan_group, steps, now, next, mode, rounded) \
        return any; \
    }
SCAN_TILE(BM_ERROR, 0)
SCAN_TILE(BM_ERROR, 1)
SCAN_TILE(BM_SATURATE, 0)
SCAN_TILE(BM_SATURATE, 1)
SCAN_TILE(BM_WRAP, 0)
SCAN_TILE(BM_WRAP, 1)
SCAN_TILE(BM_MIXED, 0)
SCAN_TILE(BM_MIXED, 1)
#undef SCAN_TILE
#undef USE

#define USE(call) call;
static void NAME(affine_tile)(const NAME(tile) *tile, int64_t steps, const W *now, W *next)
{
    EACH_GROUP(4, affine_group, steps, now, next)
}

static void NAME(line_tile)(const NAME(tile) *tile, int64_t steps, const W *now, W *next)
{
    EACH_GROUP(2, line_group, steps, now, next)
}
#undef USE
#undef EACH_GROUP

static void NAME(start)(const bm_job *job, NAME(tile) *tile, W *constants, int as_line)
{
    const int64_t dim = job->dim;
    const bm_words *words = &job->words;
    W *lo = constants, *hi = lo + dim, *mask = hi + dim, *half = mask + dim, *errs = half + dim;
    for (int64_t i = 0; i < dim; i++) {
        lo[i] = (W)words->lo[i], hi[i] = (W)words->hi[i];
        const U low = lo[i] < 0 ? (U)(0 - (U)lo[i]) : (U)lo[i], high = hi[i] < 0 ? (U)(0 - (U)hi[i]) : (U)hi[i];
        mask[i] = (W)(words->overflow[i] == BM_WRAP ? (U)hi[i] - (U)lo[i] : (U)-1);
        if (as_line) mask[i] = (W)(2 * (low > high ? low : high));
        half[i] = (W)(words->nearest[i] && words->places[i] ? (U)1 << (words->places[i] - 1) : 0);
        errs[i] = (W)(words->overflow[i] == BM_ERROR ? -1 : 0);
    }
    tile->lo = lo, tile->hi = hi, tile->mask = mask, tile->half = half, tile->errs = errs;
    tile->gates = (const S *)job->gates, tile->out = (S *)job->out;
    tile->num_gates = job->num_gates, tile->dim = dim;
    tile->places = dim ? (int)words->places[0] : 0;
}

/* All words have the same places, and none cycles. */
int64_t NAME(scan)(const bm_job *job)
{
    typedef int (*tile_fn)(const NAME(tile) *, int64_t, const W *, W *);
    static const tile_fn tiles[2][5] = {
        {NAME(scan_tile_BM_ERROR_0), NAME(scan_tile_BM_SATURATE_0), NAME(scan_tile_BM_WRAP_0), 0,
         NAME(scan_tile_BM_MIXED_0)},
        {NAME(scan_tile_BM_ERROR_1), NAME(scan_tile_BM_SATURATE_1), NAME(scan_tile_BM_WRAP_1), 0,
         NAME(scan_tile_BM_MIXED_1)},
    };
    NAME(tile) tile;
    const int64_t dim = job->dim, total = job->num_steps;
    W *now = (W *)job->scratch, *next = now + dim;
    NAME(start)(job, &tile, next + dim, 0);
    const tile_fn run = tiles[tile.places > 0][bm_mode(job)];
    for (int64_t i = 0; i < dim; i++) now[i] = (W)job->state[i];
    for (int64_t begin = 0; begin < total; begin += BM_TILE) {
        const int64_t steps = total - begin < BM_TILE ? total - begin : BM_TILE;
        const int failed = run(&tile, steps, now, next);
        if (failed) { /* once more, to see where */
            for (int64_t i = 0; i < dim; i++) job->state[i] = now[i];
            return bm_scan_plain(job, begin, begin + steps);
        }
        tile.gates += steps * tile.num_gates, tile.out += steps * dim;
        W *swapped = now;
        now = next, next = swapped;
    }
    for (int64_t i = 0; i < dim; i++) job->state[i] = now[i];
    return total;
}

static void NAME(compose)(const bm_job *job, int num_components, int as_line)
{
    NAME(tile) tile;
    const int64_t dim = job->dim, total = job->num_steps;
    W *now = (W *)job->scratch, *next = now + num_components * dim;
    NAME(start)(job, &tile, next + num_components * dim, as_line);
    for (int64_t i = 0; i < dim; i++) {
        now[i] = 1, now[dim + i] = 0;
        if (as_line) now[2 * dim + i] = tile.lo[i], now[3 * dim + i] = tile.hi[i];
    }
    for (int64_t begin = 0; begin < total; begin += BM_TILE) {
        const int64_t steps = total - begin < BM_TILE ? total - begin : BM_TILE;
        if (as_line) NAME(line_tile)(&tile, steps, now, next);
        else NAME(affine_tile)(&tile, steps, now, next);
        tile.gates += steps * tile.num_gates;
        W *swapped = now;
        now = next, next = swapped;
    }
    for (int64_t i = 0; i < num_components * dim; i++) job->results[i] = now[i];
}

void NAME(affine)(const bm_job *job) { NAME(compose)(job, 2, 0); }
void NAME(line)(const bm_job *job) { NAME(compose)(job, 4, 1); }
