// SPDX-License-Identifier: MIT
#include "base/nearest.h"

#include <stdlib.h>

#define WORD_MAX 64 // names of options and functions; anything longer is no typing error of one

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static int least(int a, int b, int c)
{
    int ab = a < b ? a : b;
    return ab < c ? ab : c;
}

int nearest_distance(struct text a, struct text b, int most)
{
    // Three rows of the table: the one being filled, the one above, the one above that (for "ab" -> "ba").
    int rows[3][WORD_MAX + 1];
    if (a.len > WORD_MAX || b.len > WORD_MAX || llabs((long long)a.len - (long long)b.len) > most)
        return most + 1;
    for (size_t j = 0; j <= b.len; j++) rows[0][j] = (int)j;
    for (size_t i = 1; i <= a.len; i++) {
        int *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = (int)i;
        for (size_t j = 1; j <= b.len; j++) {
            char x = lower(a.data[i - 1]), y = lower(b.data[j - 1]);
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y));
            bool swapped = i > 1 && j > 1 && x == lower(b.data[j - 2]) && y == lower(a.data[i - 2]);
            if (swapped && above2[j - 2] + 1 < row[j]) row[j] = above2[j - 2] + 1;
        }
    }
    int distance = rows[a.len % 3][b.len];
    return distance > most ? most + 1 : distance;
}

const char *nearest_word(struct text word, const char *const *words, size_t n)
{
    int most = word.len < 6 ? 1 : word.len < 9 ? 2 : 3;
    const char *best = NULL;
    for (size_t i = 0; i < n; i++) {
        int distance = nearest_distance(word, text_of(words[i]), most);
        if (distance > most) continue;
        best = words[i];
        most = distance - 1; // only a nearer one is better
        if (distance == 0) break;
    }
    return best;
}
