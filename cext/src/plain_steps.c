/* One step after the other in 64 bits, for every layout and overflow: where words differ, where a transition is no
 * diagonal, and to find the step that errs. */
#include <string.h>

#include "blockmap.h"
#include "division.h"

int64_t bm_settle(const bm_words *words, int64_t i, int64_t sum, int64_t increment, int *err)
{
    const int64_t lo = words->lo[i], hi = words->hi[i], places = words->places[i];
    if (places) {
        const uint64_t half = words->nearest[i] ? (uint64_t)1 << (places - 1) : 0;
        sum = (int64_t)((uint64_t)sum + half) >> places;
    }
    const int64_t value = (int64_t)((uint64_t)sum + (uint64_t)increment);
    if (value >= lo && value <= hi) return value;
    switch (words->overflow[i]) {
    case BM_WRAP: return (int64_t)((((uint64_t)value - (uint64_t)lo) & ((uint64_t)hi - (uint64_t)lo)) + (uint64_t)lo);
    case BM_CYCLE: return lo + floor_mod64((int64_t)((uint64_t)value - (uint64_t)lo), hi - lo + 1);
    case BM_ERROR: *err = 1; /* fall through */
    default: return value < lo ? lo : hi;
    }
}

void bm_fetch_row(const bm_job *job, int64_t step, int64_t first, int64_t count, int64_t *row)
{
    const int64_t at = step * job->num_gates + first;
    switch (job->bits) {
    case 8: for (int64_t i = 0; i < count; i++) row[i] = ((const int8_t *)job->gates)[at + i]; break;
    case 16: for (int64_t i = 0; i < count; i++) row[i] = ((const int16_t *)job->gates)[at + i]; break;
    case 32: for (int64_t i = 0; i < count; i++) row[i] = ((const int32_t *)job->gates)[at + i]; break;
    default: for (int64_t i = 0; i < count; i++) row[i] = ((const int64_t *)job->gates)[at + i];
    }
}

void bm_store_row(const bm_job *job, int64_t step, const int64_t *row)
{
    const int64_t at = step * job->dim, count = job->dim;
    switch (job->bits) {
    case 8: for (int64_t i = 0; i < count; i++) ((int8_t *)job->out)[at + i] = (int8_t)row[i]; break;
    case 16: for (int64_t i = 0; i < count; i++) ((int16_t *)job->out)[at + i] = (int16_t)row[i]; break;
    case 32: for (int64_t i = 0; i < count; i++) ((int32_t *)job->out)[at + i] = (int32_t)row[i]; break;
    default: for (int64_t i = 0; i < count; i++) ((int64_t *)job->out)[at + i] = row[i];
    }
}

static uint64_t dot(const int64_t *a, const uint64_t *b, int64_t dim)
{
    uint64_t sum = 0;
    for (int64_t i = 0; i < dim; i++) sum += (uint64_t)a[i] * b[i];
    return sum;
}

/* h - beta v (v . h), with more fraction bits every time; returns whether every factor is a reflection or nothing. */
static int reflect(const bm_job *job, const int64_t *entries, uint64_t *h)
{
    const int64_t dim = job->dim;
    int whole = 1;
    for (int64_t k = 0; k < job->reflections; k++, entries += dim + 1) {
        const uint64_t beta = (uint64_t)entries[dim], along = beta * dot(entries, h, dim);
        uint64_t length = 0;
        for (int64_t i = 0; i < dim; i++) length += (uint64_t)entries[i] * (uint64_t)entries[i];
        length *= beta;
        whole &= length == 0 || length == (uint64_t)2 << job->fraction_bits;
        for (int64_t i = 0; i < dim; i++) h[i] = (h[i] << job->fraction_bits) - along * (uint64_t)entries[i];
    }
    return whole;
}

/* sums = A h, modulo 2^64; returns whether the entries are of their kind. sums and h are different arrays. */
static int product(const bm_job *job, const int64_t *entries, const uint64_t *h, uint64_t *sums)
{
    const int64_t dim = job->dim;
    switch (job->layout) {
    case BM_DENSE:
        for (int64_t i = 0; i < dim; i++) sums[i] = dot(entries + i * dim, h, dim);
        return 1;
    case BM_MONOMIAL:
        memset(sums, 0, (size_t)dim * sizeof(uint64_t));
        for (int64_t j = 0; j < dim; j++) {
            if (entries[j] < 0 || entries[j] >= dim) return 0;
            sums[entries[j]] += (uint64_t)entries[dim + j] * h[j];
        }
        return 1;
    case BM_HOUSEHOLDER:
        memcpy(sums, h, (size_t)dim * sizeof(uint64_t));
        return reflect(job, entries, sums);
    default:
        for (int64_t i = 0; i < dim; i++) sums[i] = (uint64_t)entries[i] * h[i];
        return 1;
    }
}

int64_t bm_scan_plain(const bm_job *job, int64_t begin, int64_t end)
{
    const int64_t dim = job->dim, num_entries = job->num_gates - dim;
    int64_t *row = (int64_t *)job->scratch, *next = row + job->num_gates;
    uint64_t *sums = (uint64_t *)(next + dim);
    for (int64_t t = begin; t < end; t++) {
        int err = 0;
        bm_fetch_row(job, t, 0, job->num_gates, row);
        err |= !product(job, row, (const uint64_t *)job->state, sums);
        for (int64_t i = 0; i < dim; i++)
            next[i] = bm_settle(&job->words, i, (int64_t)sums[i], row[num_entries + i], &err);
        if (err) return t;
        memcpy(job->state, next, (size_t)dim * sizeof(int64_t));
        bm_store_row(job, t, next);
    }
    return end;
}

/* A block's matrix and offsets: each column of the block's map goes through the step as a state does. */
void bm_compose_matrix(const bm_job *job)
{
    const int64_t dim = job->dim, width = dim + 1, num_entries = job->num_gates - dim;
    int64_t *row = (int64_t *)job->scratch;
    uint64_t *column = (uint64_t *)(row + job->num_gates), *sums = column + dim, *map = (uint64_t *)job->results;
    for (int64_t i = 0; i < dim; i++)
        for (int64_t j = 0; j < width; j++) map[i * width + j] = i == j;
    for (int64_t t = 0; t < job->num_steps; t++) {
        bm_fetch_row(job, t, 0, job->num_gates, row);
        for (int64_t j = 0; j < width; j++) {
            for (int64_t i = 0; i < dim; i++) column[i] = map[i * width + j];
            product(job, row, column, sums);
            for (int64_t i = 0; i < dim; i++) map[i * width + j] = sums[i];
        }
        for (int64_t i = 0; i < dim; i++) map[i * width + dim] += (uint64_t)row[num_entries + i];
    }
}
