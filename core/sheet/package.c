// SPDX-License-Identifier: MIT
#include "sheet/package.h"

#include "sheet/zip_late.h"

#include <stdlib.h>

#define FLOOR (1u << 20) // a small file may unpack to this much, whatever its ratio
#define PIECE (256u << 10)

static int damaged(struct err *e)
{
    return err_set(e, ERR_INPUT,
        "the file is damaged (it is no whole ZIP): get it once more, or open it and save it");
}

int package_open(struct package *p, struct text bytes, struct err *e)
{
    zip_error_t error;
    *p = (struct package){0};
    if (!zip_late_open())
        return err_set(e, ERR_USAGE,
            "the part that reads .xlsx files is missing here: install libzip4, or save as CSV");
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.data, bytes.len, 0, &error);
    p->zip = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) : NULL;
    if (source && !p->zip) zip_source_free(source);
    zip_error_fini(&error);
    if (!p->zip) return damaged(e);
    if (zip_get_num_entries(p->zip, 0) > SHEET_ENTRIES_MAX)
        return err_set(e, ERR_LIMIT, "the file has more than %d parts", SHEET_ENTRIES_MAX);
    p->unpacked_max = FLOOR + SHEET_RATIO_MAX * bytes.len;
    if (p->unpacked_max > SHEET_UNPACKED_MAX) p->unpacked_max = SHEET_UNPACKED_MAX;
    return 0;
}

void package_close(struct package *p)
{
    if (p->zip) zip_discard(p->zip);
    p->zip = NULL;
}

// Some programs write names in another case than their relationships have.
static zip_int64_t locate(const struct package *p, const char *part)
{
    zip_int64_t at = zip_name_locate(p->zip, part, 0);
    return at >= 0 ? at : zip_name_locate(p->zip, part, ZIP_FL_NOCASE);
}

bool package_has(const struct package *p, const char *part)
{
    return locate(p, part) >= 0;
}

static int feed_all(struct package *p, zip_file_t *file, package_feed feed, void *ctx, struct err *e)
{
    zip_int64_t n;
    int failed = 0;
    char *piece = mem_alloc(PIECE);
    while (!failed && (n = zip_fread(file, piece, PIECE)) > 0) {
        p->unpacked += (size_t)n;
        if (p->unpacked > p->unpacked_max)
            failed = err_set(e, ERR_LIMIT,
                "it unpacks to far more than a list of people has: this can't be one");
        else failed = feed(ctx, (struct text){piece, (size_t)n}, false);
    }
    if (!failed && n < 0) failed = damaged(e);
    if (!failed) failed = feed(ctx, (struct text){piece, 0}, true);
    free(piece);
    return failed;
}

int package_read(struct package *p, const char *part, package_feed feed, void *ctx, struct err *e)
{
    zip_stat_t stat;
    zip_int64_t at = locate(p, part);
    if (at < 0)
        return err_set(e, ERR_INPUT, "the file is damaged (it has no %s): open it and save it again", part);
    if (zip_stat_index(p->zip, (zip_uint64_t)at, 0, &stat)) return damaged(e);
    if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) && stat.encryption_method != ZIP_EM_NONE)
        return err_set(e, ERR_INPUT, "the file has a password: save it without one");
    zip_file_t *file = zip_fopen_index(p->zip, (zip_uint64_t)at, 0);
    if (!file) return damaged(e);
    int failed = feed_all(p, file, feed, ctx, e);
    zip_fclose(file);
    return failed;
}

bool package_is_there(void)
{
    return zip_late_open();
}
