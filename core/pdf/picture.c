// SPDX-License-Identifier: MIT
#include "pdf/picture.h"

#include <pthread.h>
#include <string.h>

#define HEAD_LEN 33 // signature, length, "IHDR", its 13 bytes, checksum

struct picture {
    char hash[2 * HASH_LEN + 1];
    struct text png;
};

static struct picture pictures[PICTURES_MAX];
static size_t pictures_n;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static unsigned number_at(const char *at)
{
    const unsigned char *b = (const unsigned char *)at;
    return (unsigned)b[0] << 24 | (unsigned)b[1] << 16 | (unsigned)b[2] << 8 | b[3];
}

// A picture of a few bytes can be a bomb of gigabytes, so its sides are looked at before it is unpacked.
int picture_check(struct text png, unsigned *width, unsigned *height, struct err *e)
{
    static const char head[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    if (png.len > PICTURE_LEN_MAX)
        return err_set(e, ERR_LIMIT, "the picture has %zu KiB; at most %u fit", png.len >> 10,
            PICTURE_LEN_MAX >> 10);
    if (png.len < HEAD_LEN || memcmp(png.data, head, sizeof head - 1) != 0)
        return err_set(e, ERR_INPUT, "the picture is no PNG: save it as one");
    *width = number_at(png.data + 16);
    *height = number_at(png.data + 20);
    if (*width == 0 || *height == 0 || *width > PICTURE_SIDE_MAX || *height > PICTURE_SIDE_MAX)
        return err_set(e, ERR_LIMIT, "the picture has %u x %u pixels; at most %d x %d fit", *width, *height,
            PICTURE_SIDE_MAX, PICTURE_SIDE_MAX);
    return 0;
}

static struct text find(struct text hash)
{
    for (size_t i = 0; i < pictures_n; i++) {
        if (text_is(hash, pictures[i].hash)) return pictures[i].png;
    }
    return (struct text){0};
}

int picture_keep(struct text png, char hash[2 * HASH_LEN + 1], struct err *e)
{
    unsigned width, height;
    int code = picture_check(png, &width, &height, e);
    if (code) return code;
    hash_hex(hash_of(png), hash);
    pthread_mutex_lock(&lock);
    if (!find(text_of(hash)).data) {
        if (pictures_n == PICTURES_MAX)
            code = err_set(e, ERR_LIMIT, "%d pictures were kept since usher began: start it anew",
                PICTURES_MAX);
        else {
            struct picture *p = &pictures[pictures_n++];
            memcpy(p->hash, hash, sizeof p->hash);
            p->png = (struct text){mem_copy(png.data, png.len), png.len};
        }
    }
    pthread_mutex_unlock(&lock);
    return code;
}

struct text picture_find(struct text hash)
{
    pthread_mutex_lock(&lock);
    struct text png = find(hash);
    pthread_mutex_unlock(&lock);
    return png;
}
