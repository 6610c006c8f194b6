/* Many streams in lanes: every instruction is a loop over a block of lanes whose slot file stays in cache.
 *
 * Included once per word width and instruction set, with these defined:
 *   WORD_BITS 32 or 64, ISA_NAME(x) a unique name for x, VECTOR_BYTES of the widest vector.
 * Slot s of lane i of a block of n lanes is slots[s * n + i]; n is a multiple of VM_LANE_GRAIN.
 * Loops over lanes read before they write at the same index, so rows may be identical but never shifted.
 */
#if WORD_BITS == 32
#define W int32_t
#define UW uint32_t
#define NAME(x) ISA_NAME(x##32)
#else
#define W int64_t
#define UW uint64_t
#define NAME(x) ISA_NAME(x##64)
#endif

#if defined(__GNUC__)
typedef UW NAME(vec) __attribute__((vector_size(VECTOR_BYTES), may_alias));
typedef W NAME(svec) __attribute__((vector_size(VECTOR_BYTES), may_alias));
#define MASK(flag) ((V)(flag)) /* comparisons of vectors are masks already */
#define ALWAYS_INLINE inline __attribute__((always_inline))
#else
typedef UW NAME(vec);
typedef W NAME(svec);
#define MASK(flag) ((V)0 - (V)(flag))
#define ALWAYS_INLINE inline
#endif
#define V NAME(vec)
#define SV NAME(svec)
#define LANES_PER_VECTOR ((int64_t)(sizeof(V) / sizeof(W)))

#define EACH_LANE(statement) \
    { \
        IVDEP for (int64_t i = 0; i < n; i++) { statement; } \
    }

static ALWAYS_INLINE int64_t NAME(clamp)(int32_t extra, W offset, int64_t size)
{
    UW index = (UW)(W)extra + (UW)offset;
    return index < (UW)size ? (int64_t)index : size - 1;
}

static void NAME(divide)(W *d, const W *a, const W *b, int64_t n, int modulo)
{
#if WORD_BITS == 32
    /* the quotient of two int32 in double is never closer than 2^-31 to an integer that it is not, so it truncates
     * exactly; the clamp is for INT32_MIN / -1, which is outside of what callers promise (x mod -1 = x mod 1 is not) */
    EACH_LANE(
        W x = a[i]; W y = b[i]; W safe = (y == 0) | ((y == -1) & modulo) ? 1 : y;
        double ratio = (double)x / (double)safe;
        W q = (W)(ratio < 2147483647.0 ? ratio : 2147483647.0);
        W r = (W)((UW)x - (UW)q * (UW)safe);
        W adjust = (r != 0) & ((r ^ safe) < 0);
        W result = modulo ? r + (adjust ? safe : 0) : q - adjust;
        d[i] = y == 0 ? 0 : result)
#else
    EACH_LANE(d[i] = modulo ? floor_mod64(a[i], b[i]) : floor_div64(a[i], b[i]))
#endif
}

static void NAME(divide_const)(W *d, const W *a, const vm_instr *ip, int64_t n, int modulo)
{
    const int l = ip->c;
    const UW divisor = (UW)ip->imm;
#if WORD_BITS == 32
    const uint64_t magic = ip->magic32;
    EACH_LANE(
        W sign = a[i] >> 31;
        W q = (W)((magic * (uint64_t)(uint32_t)(a[i] ^ sign)) >> (31 + l)) ^ sign;
        d[i] = modulo ? (W)((UW)a[i] - (UW)q * divisor) : q)
#else
    EACH_LANE(
        W q = div_const64(a[i], ip->imm, ip->magic64, l);
        d[i] = modulo ? (W)((UW)a[i] - (UW)q * divisor) : q)
#endif
}

/* One register block of a neuron: all its terms, for width vectors of lanes. */
static ALWAYS_INLINE void NAME(neuron_block)(const vm_code *code, const vm_neuron *neuron, const W *slots, W *d,
                                             int64_t n, int relu, V *inactive, V *active, const int width)
{
    const int32_t *term = code->term_slots + neuron->first;
    const int64_t *weight = code->term_weights + neuron->first + neuron->plus + neuron->minus;
    V acc[4];
    const V zero = {0};
    for (int v = 0; v < width; v++) acc[v] = zero + (UW)neuron->bias;
    for (int64_t k = 0; k < neuron->plus; k++) {
        const V *x = (const V *)(slots + *term++ * n);
        for (int v = 0; v < width; v++) acc[v] += x[v];
    }
    for (int64_t k = 0; k < neuron->minus; k++) {
        const V *x = (const V *)(slots + *term++ * n);
        for (int v = 0; v < width; v++) acc[v] -= x[v];
    }
    for (int64_t k = 0; k < neuron->general; k++) {
        const V *x = (const V *)(slots + *term++ * n);
        const UW w = (UW)*weight++;
        for (int v = 0; v < width; v++) acc[v] += x[v] * w;
    }
    for (int v = 0; v < width; v++) {
        V positive = MASK((SV)acc[v] > (SV)zero);
        if (inactive) {
            *inactive |= ~positive;
            *active |= positive;
        }
        if (relu) acc[v] &= positive;
        ((V *)d)[v] = acc[v];
    }
}

static ALWAYS_INLINE void NAME(neuron_rows)(const vm_code *code, const vm_neuron *neuron, const W *slots, W *d,
                                            int64_t n, int relu, V *inactive, V *active)
{
    const int64_t step = 4 * LANES_PER_VECTOR;
    int64_t i = 0;
    for (; i + step <= n; i += step)
        NAME(neuron_block)(code, neuron, slots + i, d + i, n, relu, inactive, active, 4);
    for (; i < n; i += LANES_PER_VECTOR)
        NAME(neuron_block)(code, neuron, slots + i, d + i, n, relu, inactive, active, 1);
}

static ALWAYS_INLINE int NAME(any)(const V *x)
{
    const UW *lanes = (const UW *)x;
    UW all = 0;
    for (int64_t i = 0; i < LANES_PER_VECTOR; i++) all |= lanes[i];
    return all != 0;
}

/* dst may be one of the terms: every register block is read before it is written. */
static void NAME(neuron)(const vm_code *code, const vm_instr *ip, W *slots, int64_t n, uint8_t *coverage)
{
    const vm_neuron *neuron = code->neurons + ip->extra;
    W *d = slots + ip->dst * n;
    if (!ip->c) {
        NAME(neuron_rows)(code, neuron, slots, d, n, 0, NULL, NULL);
    } else if (!coverage || coverage[ip->index] == 3) {
        NAME(neuron_rows)(code, neuron, slots, d, n, 1, NULL, NULL);
    } else {
        V inactive = {0}, active = {0};
        NAME(neuron_rows)(code, neuron, slots, d, n, 1, &inactive, &active);
        coverage[ip->index] |= (uint8_t)(NAME(any)(&inactive) | NAME(any)(&active) << 1);
    }
}

static void NAME(execute)(const vm_code *code, W *slots, int64_t n, uint8_t *coverage)
{
#if WORD_BITS == 32
    const W *tables = code->tables32;
#else
    const W *tables = code->tables;
#endif
    const int64_t table_size = code->table_size, num_state = code->num_state;
    for (const vm_instr *ip = code->lanes;; ip++) {
        W *d = ALIGNED(slots + ip->dst * n);
        const W *a = ALIGNED(slots + ip->a * n), *b = ALIGNED(slots + ip->b * n), *c = ALIGNED(slots + ip->c * n);
        const W imm = (W)ip->imm;
        const int32_t extra = ip->extra;
        switch (ip->op) {
        case VM_COPY: EACH_LANE(d[i] = a[i]) break;
        case VM_ADD: EACH_LANE(d[i] = (W)((UW)a[i] + (UW)b[i])) break;
        case VM_SUB: EACH_LANE(d[i] = (W)((UW)a[i] - (UW)b[i])) break;
        case VM_MUL: EACH_LANE(d[i] = (W)((UW)a[i] * (UW)b[i])) break;
        case VM_FLOORDIV: NAME(divide)(d, a, b, n, 0); break;
        case VM_MOD: NAME(divide)(d, a, b, n, 1); break;
        case VM_DIV_CONST: NAME(divide_const)(d, a, ip, n, 0); break;
        case VM_MOD_CONST: NAME(divide_const)(d, a, ip, n, 1); break;
        case VM_MIN: EACH_LANE(d[i] = a[i] < b[i] ? a[i] : b[i]) break;
        case VM_MAX: EACH_LANE(d[i] = a[i] > b[i] ? a[i] : b[i]) break;
        case VM_EQ: EACH_LANE(d[i] = a[i] == b[i]) break;
        case VM_NE: EACH_LANE(d[i] = a[i] != b[i]) break;
        case VM_LT: EACH_LANE(d[i] = a[i] < b[i]) break;
        case VM_LE: EACH_LANE(d[i] = a[i] <= b[i]) break;
        case VM_AND: EACH_LANE(d[i] = a[i] & b[i]) break;
        case VM_OR: EACH_LANE(d[i] = a[i] | b[i]) break;
        case VM_XOR: EACH_LANE(d[i] = a[i] ^ b[i]) break;
        case VM_SHL: EACH_LANE(d[i] = (W)((UW)a[i] << ((UW)b[i] & (WORD_BITS - 1)))) break;
        case VM_SHR: EACH_LANE(d[i] = a[i] >> ((UW)b[i] < WORD_BITS - 1 ? b[i] : WORD_BITS - 1)) break;
        case VM_SHR_CONST: EACH_LANE(d[i] = a[i] >> imm) break;
        case VM_AND_CONST: EACH_LANE(d[i] = a[i] & imm) break;
        case VM_SELECT: EACH_LANE(W mask = -(W)(a[i] != 0); d[i] = (b[i] & mask) | (c[i] & ~mask)) break;
        case VM_TABLE: EACH_LANE(d[i] = tables[NAME(clamp)(extra, a[i], table_size)]) break;
        case VM_NEURON: NAME(neuron)(code, ip, slots, n, coverage); break;
        case VM_LOAD: EACH_LANE(d[i] = slots[NAME(clamp)(extra, a[i], num_state) * n + i]) break;
        case VM_STORE:
            for (int64_t i = 0; i < n; i++) {
                if (c[i]) slots[NAME(clamp)(extra, a[i], num_state) * n + i] = b[i];
            }
            break;
        default: return;
        }
    }
}

#define FETCH_AS(code, type) \
    case code: \
        if (stride == (ptrdiff_t)sizeof(type)) EACH_LANE(d[i] = (W)((const type *)data)[i]) \
        else EACH_LANE(d[i] = (W) * (const type *)(data + i * stride)) \
        break;

/* The first n of width lanes come from the row, the rest repeat its last one: real values, so nothing extra is seen. */
static void NAME(fetch)(W *d, const char *data, ptrdiff_t stride, int32_t dtype, int64_t n, int64_t width)
{
    switch (dtype) {
        FETCH_AS(0, uint8_t)
        FETCH_AS(1, uint16_t)
        FETCH_AS(2, uint32_t)
        FETCH_AS(4, int8_t)
        FETCH_AS(5, int16_t)
        FETCH_AS(6, int32_t)
    default:
        FETCH_AS(7, int64_t)
    }
    for (int64_t i = n; i < width; i++) d[i] = d[n - 1];
}
#undef FETCH_AS

#define EMIT_AS(code, type) \
    case code: { \
        type *x = (type *)out; \
        if (stride == 1) EACH_LANE(x[i] = (type)row[i]; misfit |= (UW)((W)(type)row[i] ^ row[i])) \
        else EACH_LANE(x[i * stride] = (type)row[i]; misfit |= (UW)((W)(type)row[i] ^ row[i])) \
    } break;

/* Writes one output word; returns whether every value fits the output's dtype. stride counts items. */
static int NAME(emit)(char *out, int64_t stride, int32_t dtype, const W *row, int64_t n)
{
    UW misfit = 0;
    switch (dtype) {
        EMIT_AS(0, uint8_t)
        EMIT_AS(1, uint16_t)
#if WORD_BITS == 64
        EMIT_AS(2, uint32_t)
#endif
        EMIT_AS(4, int8_t)
        EMIT_AS(5, int16_t)
        EMIT_AS(6, int32_t)
        EMIT_AS(7, int64_t)
    default: /* unsigned and as wide as a word or wider: all but negative values fit */
        if (dtype == 2) EACH_LANE(((uint32_t *)out)[i * stride] = (uint32_t)row[i]; misfit |= (UW)(row[i] < 0))
        else EACH_LANE(((uint64_t *)out)[i * stride] = (uint64_t)row[i]; misfit |= (UW)(row[i] < 0))
    }
    return misfit == 0;
}
#undef EMIT_AS

/* All output words of token t for lanes [lane, lane + n); the first word that does not fit, or -1. */
static int32_t NAME(emit_all)(const vm_code *code, const vm_lanes_job *job, const W *slots, int64_t t, int64_t lane,
                              int64_t n, int64_t width)
{
    const int64_t num_outputs = code->num_outputs, size = (int64_t)1 << (job->out_dtype & 3);
    char *out = job->out + (t * job->num_lanes + lane) * num_outputs * size;
    for (int32_t w = 0; w < num_outputs; w++) {
        const W *row = slots + code->output_slots[w] * width;
        if (!NAME(emit)(out + w * size, num_outputs, job->out_dtype, row, n)) return w;
    }
    return -1;
}

static int64_t NAME(first_set)(const W *row, int64_t n)
{
    W any = 0;
    for (int64_t i = 0; i < n; i++) any |= row[i];
    if (!any) return n;
    int64_t at = 0;
    while (!row[at]) at++;
    return at;
}

static void NAME(load_block)(const vm_code *code, vm_lanes_job *job, W *slots, int64_t lane, int64_t n, int64_t width)
{
    if (job->const_width != width) {
        const int64_t first = code->num_state + code->num_fields;
        for (int64_t k = 0; k < code->num_constants; k++) {
            const W value = (W)code->constants[k];
            for (int64_t i = 0; i < width; i++) slots[(first + k) * width + i] = value;
        }
        job->const_width = width;
    }
    for (int64_t s = 0; s < code->num_state; s++)
        NAME(fetch)(slots + s * width, (const char *)(job->state + s * job->num_lanes + lane), sizeof(int64_t), 7, n,
                    width);
}

static void NAME(store_block)(const vm_code *code, const vm_lanes_job *job, const W *slots, int64_t lane, int64_t n,
                              int64_t width)
{
    for (int64_t s = 0; s < code->num_state; s++) {
        const W *row = slots + s * width;
        int64_t *state = job->state + s * job->num_lanes + lane;
        for (int64_t i = 0; i < n; i++) state[i] = row[i];
    }
}

/* One token for one block. Returns a stop whose kind is VM_STOP_END if all went well. */
static vm_stop NAME(step_block)(const vm_code *code, const vm_lanes_job *job, W *slots, int64_t t, int64_t lane,
                                int64_t n, int64_t width)
{
    for (int32_t f = 0; f < code->num_fields; f++) {
        const vm_column *column = job->columns + f;
        const char *data = column->data + t * column->stride_t + lane * column->stride_b;
        NAME(fetch)(slots + (code->num_state + f) * width, data, column->stride_b, column->dtype, n, width);
    }
    NAME(execute)(code, slots, width, job->coverage);
    if (code->error_slot >= 0) {
        const W *errors = slots + code->error_slot * width;
        if (job->errors) {
            for (int64_t i = 0; i < n; i++) job->errors[lane + i] = errors[i] != 0;
        } else {
            int64_t at = NAME(first_set)(errors, n);
            if (at < n) return (vm_stop){VM_STOP_ERROR, 0, t, lane + at};
        }
    }
    if (job->out) {
        int32_t word = NAME(emit_all)(code, job, slots, t, lane, n, width);
        if (word >= 0) return (vm_stop){VM_STOP_OUTPUT, word, t, lane};
    }
    for (int32_t k = 0; k < code->num_copies; k++) {
        W *d = slots + code->next_state[k] * width;
        const W *a = slots + code->next_slot[k] * width;
        IVDEP for (int64_t i = 0; i < width; i++) d[i] = a[i];
    }
    return (vm_stop){VM_STOP_END, 0, t, 0};
}

/* A later block only matters where it stops at an earlier token. */
vm_stop NAME(run)(const vm_code *code, vm_lanes_job *job)
{
    W *slots = (W *)job->scratch;
    vm_stop first = {VM_STOP_END, 0, job->end, 0};
    for (int64_t lane = 0; lane < job->num_lanes; lane += job->block) {
        int64_t left = job->num_lanes - lane, n = left < job->block ? left : job->block;
        int64_t width = (n + VM_LANE_GRAIN - 1) / VM_LANE_GRAIN * VM_LANE_GRAIN;
        NAME(load_block)(code, job, slots, lane, n, width);
        for (int64_t t = job->begin; t < first.position; t++) {
            vm_stop stop = NAME(step_block)(code, job, slots, t, lane, n, width);
            if (stop.kind == VM_STOP_END) continue;
            first = stop;
            break;
        }
        NAME(store_block)(code, job, slots, lane, n, width);
    }
    return first;
}

#undef EACH_LANE
#undef LANES_PER_VECTOR
#undef SV
#undef V
#undef MASK
#undef ALWAYS_INLINE
#undef NAME
#undef UW
#undef W
