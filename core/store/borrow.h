// SPDX-License-Identifier: MIT
// borrow: the store's connection for a look-up in the call. The store's thread waits meanwhile.
#pragma once

#include "store/sqlite.h"
#include "store/store.h"

struct writer;
struct sqlite *store_borrow(struct store *s);
void store_give_back(struct store *s);
struct writer *store_writer(struct store *s); // while it is borrowed
