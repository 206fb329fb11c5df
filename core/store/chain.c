// SPDX-License-Identifier: MIT
#include "store/chain.h"

uint64_t chain_value_sum(struct record value)
{
    return value.data ? hash_sum(0, (struct text){(const char *)value.data, value.len}) : 0;
}

uint64_t chain_sum(uint64_t previous, const struct journal_row *row, uint64_t value_sum)
{
    const uint64_t numbers[] = {(uint64_t)row->flow, (uint64_t)row->n, (uint64_t)row->step, row->state,
        row->kind, (uint64_t)row->line, (uint64_t)row->dseq, (uint64_t)row->attempt, (uint64_t)row->at.ms,
        (uint64_t)row->due.ms, value_sum};
    uint8_t fixed[sizeof numbers]; // little-endian on every machine: the sum is on disk
    for (size_t i = 0; i < sizeof fixed; i++) fixed[i] = (uint8_t)(numbers[i / 8] >> (8 * (i % 8)));
    uint64_t sum = hash_sum(previous, (struct text){(const char *)fixed, sizeof fixed});
    sum = hash_sum(sum, row->key);
    return hash_sum(sum, row->note);
}
