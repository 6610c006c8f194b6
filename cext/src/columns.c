/* Token columns: range checks in their own dtype, conversion to words. */
#include "machine.h"

#define FOR_EACH_DTYPE(X) \
    X(0, uint8_t, 0, UINT8_MAX) X(1, uint16_t, 0, UINT16_MAX) X(2, uint32_t, 0, UINT32_MAX) \
    X(4, int8_t, INT8_MIN, INT8_MAX) X(5, int16_t, INT16_MIN, INT16_MAX) X(6, int32_t, INT32_MIN, INT32_MAX) \
    X(7, int64_t, INT64_MIN, INT64_MAX)

enum { CHECK_BLOCK = 4096 };

/* Flags are collected over a block, so that the loop has no exits and can use vectors. */
#define DEFINE_CHECK(code, type, type_lo, type_hi) \
    static int64_t check_##type(const char *data, ptrdiff_t stride, int64_t n, int64_t lo, int64_t hi) \
    { \
        if (lo <= type_lo && hi >= type_hi) return n; \
        if (lo > type_hi || hi < type_lo) return 0; \
        const type low = (type)(lo > type_lo ? lo : type_lo), high = (type)(hi < type_hi ? hi : type_hi); \
        for (int64_t start = 0; start < n; start += CHECK_BLOCK) { \
            int64_t stop = n - start < CHECK_BLOCK ? n : start + CHECK_BLOCK; \
            type bad = 0; \
            if (stride == (ptrdiff_t)sizeof(type)) { \
                const type *x = (const type *)data; \
                for (int64_t i = start; i < stop; i++) bad |= (type)((x[i] < low) | (x[i] > high)); \
            } else { \
                for (int64_t i = start; i < stop; i++) { \
                    type v = *(const type *)(data + i * stride); \
                    bad |= (type)((v < low) | (v > high)); \
                } \
            } \
            if (!bad) continue; \
            for (int64_t i = start; i < stop; i++) { \
                type v = *(const type *)(data + i * stride); \
                if (v < low || v > high) return i; \
            } \
        } \
        return n; \
    }

#define DEFINE_FETCH(code, type, type_lo, type_hi) \
    static void fetch_##type(const char *data, ptrdiff_t stride, int64_t n, int64_t *dst) \
    { \
        if (stride == (ptrdiff_t)sizeof(type)) { \
            const type *x = (const type *)data; \
            for (int64_t i = 0; i < n; i++) dst[i] = (int64_t)x[i]; \
        } else { \
            for (int64_t i = 0; i < n; i++) dst[i] = (int64_t) * (const type *)(data + i * stride); \
        } \
    }

FOR_EACH_DTYPE(DEFINE_CHECK)
FOR_EACH_DTYPE(DEFINE_FETCH)

/* uint64: read as int64, where what is above INT64_MAX is negative and so below every valid lo >= 0. */
static int64_t check_uint64_t(const char *data, ptrdiff_t stride, int64_t n, int64_t lo, int64_t hi)
{
    return hi < 0 ? 0 : check_int64_t(data, stride, n, lo > 0 ? lo : 0, hi);
}

int64_t vm_column_check(const char *data, ptrdiff_t stride, int32_t dtype, int64_t n, int64_t lo, int64_t hi)
{
    if (n == 0) return 0;
    switch (dtype) {
#define CASE(code, type, type_lo, type_hi) \
    case code: return check_##type(data, stride, n, lo, hi);
        FOR_EACH_DTYPE(CASE)
#undef CASE
    default: return check_uint64_t(data, stride, n, lo, hi);
    }
}

void vm_column_fetch(const char *data, ptrdiff_t stride, int32_t dtype, int64_t n, int64_t *dst)
{
    switch (dtype) {
#define CASE(code, type, type_lo, type_hi) \
    case code: fetch_##type(data, stride, n, dst); return;
        FOR_EACH_DTYPE(CASE)
#undef CASE
    default: fetch_int64_t(data, stride, n, dst);
    }
}

static int earlier(const vm_stop *a, const vm_stop *b)
{
    if (a->position != b->position) return a->position < b->position;
    return a->lane < b->lane;
}

/* One field: one pass if the rows lie behind each other, otherwise row by row. */
static vm_stop check_field(const vm_column *column, int64_t num_tokens, int64_t num_lanes, int64_t lo, int64_t hi)
{
    vm_stop stop = {VM_STOP_END, 0, num_tokens, 0};
    ptrdiff_t size = (ptrdiff_t)1 << (column->dtype & 3);
    if (column->stride_b == size && column->stride_t == size * num_lanes) {
        int64_t total = num_tokens * num_lanes;
        int64_t at = vm_column_check(column->data, size, column->dtype, total, lo, hi);
        if (at < total) stop = (vm_stop){VM_STOP_TOKEN, 0, at / num_lanes, at % num_lanes};
        return stop;
    }
    for (int64_t t = 0; t < num_tokens; t++) {
        const char *row = column->data + t * column->stride_t;
        int64_t at = vm_column_check(row, column->stride_b, column->dtype, num_lanes, lo, hi);
        if (at < num_lanes) return (vm_stop){VM_STOP_TOKEN, 0, t, at};
    }
    return stop;
}

vm_stop vm_lanes_check(const vm_code *code, const vm_column *columns, int64_t num_tokens, int64_t num_lanes)
{
    vm_stop first = {VM_STOP_END, 0, num_tokens, 0};
    for (int32_t f = 0; f < code->num_fields; f++) {
        vm_stop stop = check_field(columns + f, num_tokens, num_lanes, code->field_lo[f], code->field_hi[f]);
        if (stop.kind == VM_STOP_TOKEN && earlier(&stop, &first)) {
            first = stop;
            first.index = f;
        }
    }
    return first;
}
