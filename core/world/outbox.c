// SPDX-License-Identifier: MIT
#include "world/outbox.h"

#include "base/hash.h"
#include "base/scrub.h"
#include "base/instant.h"
#include "time/wall.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_PART_MAX 60   // of flow name and key each; a file name may have 255 bytes
#define SAME_NAME_MAX 1000 // mails of one name; the loop must end
#define HEAD_MAX 16384     // the Message-ID stands among a mail's first lines

// Keeps letters, digits and the punctuation that is harmless on every file system.
static void add_part(struct buf *name, struct text part)
{
    if (part.len > NAME_PART_MAX) {
        part.len = NAME_PART_MAX; // and not in the middle of a UTF-8 letter
        while (part.len && ((unsigned char)part.data[part.len] & 0xc0) == 0x80) part.len--;
    }
    buf_addc(name, '-');
    for (size_t i = 0; i < part.len; i++) {
        char c = part.data[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                    c == '_' || c == '-' || c == '@' || (unsigned char)c >= 0x80;
        buf_addc(name, fine ? c : '_');
    }
}

static void add_utc(struct buf *name, struct instant at)
{
    struct civil c = wall_civil((struct wall){at.ms / SECOND_MS});
    buf_addf(name, "%04d%02d%02dT%02d%02d%02dZ", (int)c.year, c.month, c.day, c.hour, c.minute, c.second);
}

static void make_stem(const struct outbox_letter *letter, struct buf *stem)
{
    struct instant at = {record_get_int(letter->mail, "date", 0)};
    add_utc(stem, at.ms > 0 ? at : (struct instant){0});
    add_part(stem, letter->flow_name);
    add_part(stem, letter->flow_key);
}

static int write_all(int fd, struct text data)
{
    while (data.len) {
        ssize_t n = write(fd, data.data, data.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -errno;
        data.data += n;
        data.len -= (size_t)n;
    }
    return 0;
}

// The message under a name that nobody looks for; 0 or -errno.
static int write_beside(int folder, const char *name, struct text message)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (fd < 0) return -errno;
    int code = write_all(fd, message);
    if (!code && fsync(fd)) code = -errno;
    if (close(fd) && !code) code = -errno;
    if (code) unlinkat(folder, name, 0);
    return code;
}

// Whether the file that is there has this Message-ID: then it was written by an earlier attempt.
static bool is_same_mail(int folder, const char *name, struct text id)
{
    char head[HEAD_MAX + 1];
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = fd < 0 ? -1 : read(fd, head, HEAD_MAX);
    if (fd >= 0) close(fd);
    if (n < 0 || !id.len) return false;
    head[n] = 0;
    const char *at = strcasestr(head, "\nMessage-ID:"), *end = strstr(head, "\r\n\r\n");
    if (!at || !end || at > end) return false;
    at += strlen("\nMessage-ID:");
    at += strspn(at, " \t\r\n");
    return *at == '<' && !strncmp(at + 1, id.data, id.len) && at[1 + id.len] == '>';
}

// Gives the written file its name; the name is left in `name`. 0 or -errno.
static int settle(int folder, const char *beside, const struct buf *stem, struct text id, struct buf *name)
{
    for (int n = 1; n <= SAME_NAME_MAX; n++) {
        buf_clear(name);
        buf_addt(name, buf_text(stem));
        if (n > 1) buf_addf(name, "-%d", n);
        buf_addz(name, ".eml");
        if (!linkat(folder, beside, folder, buf_z(name), 0)) return fsync(folder) ? -errno : 0;
        if (errno != EEXIST) return -errno;
        if (is_same_mail(folder, buf_z(name), id)) return 0;
    }
    return -EEXIST;
}

static int put(int folder, const struct outbox_letter *letter, struct buf *name)
{
    struct buf stem;
    uint64_t salt;
    char beside[40];
    random_bytes(&salt, sizeof salt);
    snprintf(beside, sizeof beside, ".%016" PRIx64 ".part", salt);
    int code = write_beside(folder, beside, letter->message);
    if (code) return code;
    buf_init(&stem, NAME_MAX - 16);
    make_stem(letter, &stem);
    code = settle(folder, beside, &stem, record_get_text(letter->mail, "id"), name);
    unlinkat(folder, beside, 0);
    buf_release(&stem);
    return code;
}

static void end_written(const char *folder, struct buf *name, struct errand *r)
{
    struct buf words;
    struct record_map result;
    buf_init(&words, PATH_MAX);
    buf_addf(&words, "written to %s/%s", folder, buf_z(name));
    record_map_init(&result);
    record_map_text(&result, "reply", buf_text(&words));
    record_map_end(&result, &r->value);
    errand_end(r, OUTCOME_OK, "%s", buf_z(&words));
    buf_release(&words);
}

void outbox_write(const char *path, const struct outbox_letter *letter, struct errand *r)
{
    struct buf name;
    buf_init(&name, NAME_MAX);
    int code = mkdir(path, 0750) && errno != EEXIST ? -errno : 0;
    int folder = code ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (!code && folder < 0) code = -errno;
    if (!code) code = put(folder, letter, &name);
    if (folder >= 0) close(folder);
    if (code)
        errand_end(r, OUTCOME_AGAIN, "the mail could not be written to the outbox %s: %s", path,
            strerror(-code));
    else end_written(path, &name, r);
    buf_release(&name);
}

// ---- who was forgotten ------------------------------------------------------------------------------------

#define MAIL_MAX (64u << 20)

static bool reads(int folder, const char *name, struct buf *out)
{
    char piece[65536];
    ssize_t n = -1;
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    buf_clear(out);
    while (fd >= 0 && (n = read(fd, piece, sizeof piece)) > 0) buf_add(out, piece, (size_t)n);
    if (fd >= 0) close(fd);
    return n == 0;
}

static bool is_mail(const char *name)
{
    size_t len = strlen(name);
    return (len > 4 && strcmp(name + len - 4, ".eml") == 0) ||
           (len > 5 && strcmp(name + len - 5, ".part") == 0);
}

// Zeros first: an unlinked file leaves its bytes where they were.
static void wipe_file(int folder, const char *name, size_t len)
{
    static const char zeros[65536];
    int fd = openat(folder, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    for (ssize_t n = 0; fd >= 0 && len && n >= 0; len -= (size_t)n)
        n = write(fd, zeros, len < sizeof zeros ? len : sizeof zeros);
    if (fd >= 0) fsync(fd);
    if (fd >= 0) close(fd);
}

int outbox_forget(const char *path, const struct scrub *words, int64_t *n, struct err *e)
{
    DIR *dir = opendir(path);
    struct buf mail;
    int failed = 0;
    if (!dir && errno == ENOENT) return 0;
    if (!dir) return err_set(e, ERR_STORAGE, "the outbox folder %s can't be read: %s", path, strerror(errno));
    buf_init(&mail, MAIL_MAX);
    for (struct dirent *entry; !failed && (entry = readdir(dir));) {
        const char *name = entry->d_name;
        if (!is_mail(name) || !reads(dirfd(dir), name, &mail)) continue;
        if (!scrub_finds(words, text_of(name)) && !scrub_finds_mail(words, buf_text(&mail))) continue;
        wipe_file(dirfd(dir), name, mail.len);
        if (unlinkat(dirfd(dir), name, 0))
            failed = err_set(e, ERR_STORAGE, "%s/%s can't be removed: %s", path, name, strerror(errno));
        else ++*n;
    }
    if (mail.data) explicit_bzero(mail.data, mail.len);
    buf_release(&mail);
    closedir(dir);
    return failed;
}
