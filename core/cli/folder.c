// SPDX-License-Identifier: MIT
// folder: see folder.h.
#include "cli/folder.h"

#include "cli/cli.h"
#include "usher.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read(const char *path, struct buf *out)
{
    char piece[65536];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (!f) return complain(USHER_INPUT, "%s can't be read: %s", path, strerror(errno));
    while ((n = fread(piece, 1, sizeof piece, f)) > 0) buf_add(out, piece, n);
    bool broken = ferror(f) != 0;
    fclose(f);
    if (broken) return complain(USHER_INPUT, "%s can't be read", path);
    return out->over ? complain(USHER_INPUT, "%s is larger than %zu MiB", path, out->max >> 20) : 0;
}

int file_write(const char *path, struct text content)
{
    FILE *f = fopen(path, "wb");
    if (!f) return complain(USHER_INPUT, "%s can't be written: %s", path, strerror(errno));
    fwrite(content.data, 1, content.len, f);
    return fclose(f) ? complain(USHER_STORAGE, "%s can't be written: %s", path, strerror(errno)) : 0;
}

// Beside the file that it becomes: a rename is whole within one file system only.
static int write_beside(char *beside, mode_t mode, struct text content)
{
    int fd = mkstemp(beside);
    if (fd < 0) return -1;
    bool fine = fchmod(fd, mode) == 0;
    for (size_t at = 0; fine && at < content.len;) {
        ssize_t n = write(fd, content.data + at, content.len - at);
        fine = n > 0;
        at += fine ? (size_t)n : 0;
    }
    fine = fine && fsync(fd) == 0;
    return close(fd) == 0 && fine ? 0 : -1;
}

int file_replace(const char *path, struct text content)
{
    struct stat st;
    char whole[PATH_MAX], beside[PATH_MAX + 16];
    mode_t mask = umask(0), mode = 0666 & ~mask;
    umask(mask);
    const char *target = realpath(path, whole) ? whole : path; // what a link points to, not the link
    if (stat(target, &st) == 0) mode = st.st_mode & 07777;
    snprintf(beside, sizeof beside, "%s.XXXXXX", target);
    if (write_beside(beside, mode, content) == 0 && rename(beside, target) == 0) return 0;
    int code = complain(USHER_INPUT, "%s can't be written: %s", path, strerror(errno));
    unlink(beside);
    return code;
}

int folder_write(const char *folder, const char *name, struct text content)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return file_write(path, content);
}

int folder_make(const char *path)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST) return 0;
    return complain(USHER_INPUT, "the folder %s can't be made: %s", path, strerror(errno));
}

// mbox (RFC 4155): every mail in one file that any mail program opens.
static void add_to_mbox(struct buf *mbox, struct text eml)
{
    buf_addz(mbox, "From usher@rehearsal.example Thu Jan  1 00:00:00 1970\n");
    for (size_t i = 0; i < eml.len;) {
        const char *end = memchr(eml.data + i, '\n', eml.len - i);
        size_t len = end ? (size_t)(end - eml.data) - i : eml.len - i;
        struct text line = {eml.data + i, len && eml.data[i + len - 1] == '\r' ? len - 1 : len};
        if (line.len >= 5 && memcmp(line.data, "From ", 5) == 0) buf_addc(mbox, '>');
        buf_addt(mbox, line);
        buf_addc(mbox, '\n');
        i += len + 1;
    }
    buf_addc(mbox, '\n');
}

void folder_add_mail(void *ctx, const char *file, const char *eml, size_t eml_len, const char *html)
{
    struct folder *f = ctx;
    char name[80];
    if (f->code) return;
    add_to_mbox(&f->mbox, (struct text){eml, eml_len});
    snprintf(name, sizeof name, "%s.eml", file);
    f->code = folder_write(f->path, name, (struct text){eml, eml_len});
    snprintf(name, sizeof name, "%s.html", file);
    if (!f->code) f->code = folder_write(f->path, name, text_of(html));
}

void folder_add_person(void *ctx, const char *file, const char *html)
{
    struct folder *f = ctx;
    if (!f->code) f->code = folder_write(f->path, file, text_of(html));
}

static int make_folder_in(const char *path, const char *name)
{
    char whole[1100];
    snprintf(whole, sizeof whole, "%s/%s", path, name);
    return folder_make(whole);
}

void folder_add_list(void *ctx, const char *file, const char *csv)
{
    struct folder *f = ctx;
    if (!f->code) f->code = make_folder_in(f->path, "lists");
    if (!f->code) f->code = folder_write(f->path, file, text_of(csv));
}

int folder_begin(struct folder *f, const char *path)
{
    f->path = path;
    buf_init(&f->mbox, SIZE_MAX / 2);
    f->code = folder_make(path);
    if (!f->code) f->code = make_folder_in(path, "mails");
    if (!f->code) f->code = make_folder_in(path, "people");
    return f->code;
}

int folder_end(struct folder *f, const char *html, const char *told)
{
    if (!f->code) f->code = folder_write(f->path, "rehearsal.mbox", buf_text(&f->mbox));
    if (!f->code) f->code = folder_write(f->path, "index.html", text_of(html));
    if (!f->code && *told) f->code = folder_write(f->path, "report.html", text_of(told));
    if (!f->code) {
        printf("\nEvery mail, to look at: %s/index.html (and %s/rehearsal.mbox)\n", f->path, f->path);
    }
    return f->code;
}

void folder_release(struct folder *f)
{
    if (f->path) buf_release(&f->mbox);
}
