/* Block maps of one word of a diagonal transition that need more than a vector of sums; streamssm/ssm/blocks tells what
 * the numbers mean, and why the forms are closed. */
#include "blockmap.h"
#include "division.h"

enum { CHUNK = 256 };

typedef struct {
    int64_t a[CHUNK], b[CHUNK];
    int64_t begin, count;
} gates_of_word;

static int fetch_chunk(const bm_job *job, int64_t word, gates_of_word *gates)
{
    const int64_t left = job->num_steps - gates->begin, second = job->num_gates - job->dim + word;
    gates->count = left < CHUNK ? left : CHUNK;
    for (int64_t i = 0; i < gates->count; i++) {
        bm_fetch_row(job, gates->begin + i, word, 1, gates->a + i);
        bm_fetch_row(job, gates->begin + i, second, 1, gates->b + i);
    }
    gates->begin += gates->count;
    return gates->count > 0;
}

#define EACH_STEP(statement) \
    for (gates_of_word gates = {.begin = 0}; fetch_chunk(job, word, &gates);) \
        for (int64_t i = 0; i < gates.count; i++) { \
            const int64_t a = gates.a[i], b = gates.b[i]; \
            statement; \
        }

static inline int64_t within(int64_t value, int64_t lo, int64_t hi)
{
    return value < lo ? lo : value > hi ? hi : value;
}

static inline int64_t plus(int64_t a, int64_t b) { return (int64_t)((uint64_t)a + (uint64_t)b); }
static inline int64_t minus(int64_t a, int64_t b) { return (int64_t)((uint64_t)a - (uint64_t)b); }
static inline int64_t times(int64_t a, int64_t b) { return (int64_t)((uint64_t)a * (uint64_t)b); }

/* a b, or the end of int64 that it passes */
static inline int64_t times_limited(int64_t a, int64_t b)
{
    if (a == 0 || b == 0) return 0;
    const uint64_t x = a < 0 ? 0 - (uint64_t)a : (uint64_t)a, y = b < 0 ? 0 - (uint64_t)b : (uint64_t)b;
    const uint64_t size = x > (uint64_t)INT64_MAX / y ? (uint64_t)INT64_MAX : x * y;
    return (a < 0) == (b < 0) ? (int64_t)size : -(int64_t)size;
}

/* Entries are 0 or 1, so that offsets stay below twice the modulus. */
void bm_compose_cycle(const bm_job *job, int64_t word)
{
    const int64_t modulus = job->words.hi[word] - job->words.lo[word] + 1;
    int64_t slope = 1, offset = 0;
    EACH_STEP(slope &= a; offset = floor_mod64(plus(a & 1 ? offset : 0, floor_mod64(b, modulus)), modulus))
    job->results[0] = floor_mod64(slope, modulus), job->results[1] = offset;
}

/* clamp(slope (h - at) + value, low, high) */
typedef struct {
    int64_t slope, at, value, low, high;
} clamped;

static clamped constant_clamp(int64_t lo, int64_t value)
{
    return (clamped){0, lo, value, value, value};
}

static clamped clamped_after(clamped f, int64_t a, int64_t b, int64_t lo, int64_t hi)
{
    const int64_t one = within(plus(times(a, f.low), b), lo, hi), two = within(plus(times(a, f.high), b), lo, hi);
    const int64_t low = one < two ? one : two, high = one < two ? two : one;
    if (low == high) return constant_clamp(lo, low);
    const int64_t slope = times_limited(a, f.slope), steepest = high - low;
    const uint64_t size = slope < 0 ? 0 - (uint64_t)slope : (uint64_t)slope;
    int64_t value = plus(times(a, f.value), b), at = f.at;
    if ((value > high || value < low) && size) { /* move the anchor to where the value comes back between the ends */
        const int below = value < low, right = (slope > 0) == below;
        const uint64_t over = below ? (uint64_t)low - (uint64_t)value : (uint64_t)value - (uint64_t)high;
        const uint64_t steps = over / size + (over % size != 0);
        const uint64_t room = right ? (uint64_t)hi - (uint64_t)at : (uint64_t)at - (uint64_t)lo;
        if (steps > room) return constant_clamp(lo, below ? low : high);
        at = right ? plus(at, (int64_t)steps) : minus(at, (int64_t)steps);
        const uint64_t back = steps * size - over; /* how far past the end, less than one step */
        value = back >= (uint64_t)steepest ? (below ? high : low) : below ? low + (int64_t)back : high - (int64_t)back;
    }
    return (clamped){within(slope, -steepest, steepest), at, value, low, high};
}

void bm_compose_clamp(const bm_job *job, int64_t word)
{
    const int64_t lo = job->words.lo[word], hi = job->words.hi[word];
    clamped f = {hi > lo, lo, lo, lo, hi};
    EACH_STEP(f = clamped_after(f, a, b, lo, hi))
    int64_t *results = job->results;
    results[0] = f.slope, results[1] = f.at, results[2] = f.value, results[3] = f.low, results[4] = f.high;
}

/* clamp(base + ((g + rest) >> places), low, high), g = h - lo or hi - h */
typedef struct {
    int64_t falling, places, rest, base, low, high;
} shifted;

static int bits_of(uint64_t width)
{
    int bits = 0;
    while (bits < 63 && width >> bits) bits++;
    return bits;
}

static shifted normal(shifted f, int64_t lo, int64_t hi)
{
    f.base = within(f.base, lo - (hi - lo), hi);
    return f;
}

/* What clamp(((h + c) >> places) + b) makes of f. rest + (m << f.places), m = the low bits of base + c, is the new rest;
 * where that has more bits than a word only its distance from the next multiple counts. */
static shifted shifted_after(shifted f, int64_t places, int64_t c, int64_t b, int64_t lo, int64_t hi)
{
    const int64_t width = hi - lo, bits = bits_of((uint64_t)width), total = plus(f.base, c);
    const int64_t m = total & (int64_t)(((uint64_t)1 << places) - 1), to_next = ((int64_t)1 << places) - m;
    f.low = within(plus(plus(f.low, c) >> places, b), lo, hi);
    f.high = within(plus(plus(f.high, c) >> places, b), lo, hi);
    f.base = plus(total >> places, b);
    if (f.places + places <= bits) {
        f.rest = plus(f.rest, times(m, (int64_t)1 << f.places));
        f.places += places;
        return normal(f, lo, hi);
    }
    const int64_t near = (width >> f.places) + 2;
    const int64_t threshold = to_next > near ? width + 1 : minus(times(to_next, (int64_t)1 << f.places), f.rest);
    f.rest = threshold <= width ? ((int64_t)1 << bits) - threshold : 0;
    f.places = bits;
    return normal(f, lo, hi);
}

/* lo + hi - f */
static shifted reflected(shifted f, int64_t lo, int64_t hi)
{
    const int64_t total = ((int64_t)1 << f.places) - 1 - f.rest - (hi - lo), both = lo + hi, low = f.low;
    f.base = both - f.base + (total >> f.places);
    f.rest = total & (((int64_t)1 << f.places) - 1);
    f.falling = !f.falling, f.low = both - f.high, f.high = both - low;
    return normal(f, lo, hi);
}

static shifted shift_step(const bm_words *words, int64_t word, shifted f, int64_t a, int64_t b)
{
    const int64_t lo = words->lo[word], hi = words->hi[word];
    if (a == 0) {
        const int64_t value = within(b, lo, hi);
        return (shifted){0, 0, 0, value, value, value};
    }
    const int log = bits_of(a < 0 ? 0 - (uint64_t)a : (uint64_t)a) - 1;
    const int64_t places = within(words->places[word] - log, 0, 61);
    const int64_t half = words->nearest[word] ? ((int64_t)1 << places) >> 1 : 0;
    if (a > 0) return shifted_after(f, places, half, b, lo, hi);
    const int64_t mirrored = words->nearest[word] ? (half ? half - 1 : 0) : ((int64_t)1 << places) - 1;
    return reflected(shifted_after(f, places, mirrored, minus(lo + hi, b), lo, hi), lo, hi);
}

void bm_compose_shift(const bm_job *job, int64_t word)
{
    const int64_t lo = job->words.lo[word], hi = job->words.hi[word];
    shifted f = {0, 0, 0, lo, lo, hi};
    EACH_STEP(f = shift_step(&job->words, word, f, a, b))
    int64_t *results = job->results;
    results[0] = f.falling, results[1] = f.places, results[2] = f.rest;
    results[3] = f.base, results[4] = f.low, results[5] = f.high;
}

/* Neighbours that have met are kept once: most steps bring states together, and then few are left to follow. A state's
 * value is distinct[index[state]]. Returns how many are left. */
static int64_t merged(int64_t *distinct, int64_t count, int64_t *index, int64_t *place, int64_t size)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < count; i++) {
        if (i == 0 || distinct[i] != distinct[kept - 1]) distinct[kept++] = distinct[i];
        place[i] = kept - 1;
    }
    for (int64_t s = 0; s < size; s++) index[s] = place[index[s]];
    return kept;
}

static int64_t num_neighbours_met(const int64_t *distinct, int64_t count)
{
    int64_t met = 0;
    for (int64_t i = 1; i < count; i++) met += distinct[i] == distinct[i - 1];
    return met;
}

void bm_compose_table(const bm_job *job, int64_t word, int64_t *index, int64_t *place)
{
    const int64_t lo = job->words.lo[word], size = job->words.hi[word] - lo + 1;
    int64_t *distinct = job->results, count = size;
    for (int64_t s = 0; s < size; s++) distinct[s] = lo + s, index[s] = s;
    EACH_STEP(
        for (int64_t s = 0; s < count; s++) {
            int err = 0;
            distinct[s] = bm_settle(&job->words, word, times(a, distinct[s]), b, &err);
        }
        if (count > 1 && 2 * num_neighbours_met(distinct, count) >= count)
            count = merged(distinct, count, index, place, size))
    for (int64_t s = 0; s < size; s++) index[s] = distinct[index[s]];
    for (int64_t s = 0; s < size; s++) distinct[s] = index[s];
}
