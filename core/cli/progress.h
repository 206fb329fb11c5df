// SPDX-License-Identifier: MIT
// progress: one line on a terminal for what takes more than a second; nothing at all elsewhere.
#pragma once

void progress_begin(void);
// Shows the line when a second has passed since progress_begin, and then at most five times a second.
void progress_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void progress_end(void); // takes the line away
