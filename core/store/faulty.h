// SPDX-License-Identifier: MIT
// faulty: faults on purpose, in the shipped binary, so that a crash test runs what people run.
#pragma once

#include "store/store.h"

struct faulty {
    enum store_fault fault;
    int64_t n;       // at which commit, counted from 1 since the fault was set; SLOW: at every one
    int64_t commits; // so far
};

void faulty_before_commit(struct faulty *f); // the rows are written, and not yet on disk
void faulty_after_commit(struct faulty *f);  // they are on disk, and nobody knows
bool faulty_fails(const struct faulty *f);   // this commit reports an I/O error
