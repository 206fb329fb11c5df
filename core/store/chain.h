// SPDX-License-Identifier: MIT
// chain: the checksum chain over a flow's journal, as schema.sql describes it.
#pragma once

#include "store/store.h"

uint64_t chain_value_sum(struct record value);
uint64_t chain_sum(uint64_t previous, const struct journal_row *row, uint64_t value_sum);
