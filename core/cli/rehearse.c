// SPDX-License-Identifier: MIT
// rehearse: `usher rehearse` and `usher check`: plays a script, prints the timeline, writes the folder.
#include "cli/cli.h"
#include "usher.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct usher_rehearsal rehearsal_options(const struct options *o)
{
    const char *crash_at = option(o, "crash-at");
    return (struct usher_rehearsal){.from = option(o, "from"),
        .until = option(o, "until"),
        .config = config_path(o),
        .crash_at = crash_at ? strtoll(crash_at, NULL, 10) : 0};
}

// Plays it; the report as a record in `out`.
static int play(const char *script, const struct usher_rehearsal *options, struct buf *out)
{
    char *json, *error;
    buf_init(out, SIZE_MAX / 2);
    int code = usher_rehearse(script, options, &json, &error);
    if (code) {
        complain(code, "%s", error);
        usher_free(error);
        return code;
    }
    record_from_json(text_of(json), out, NULL);
    usher_free(json);
    return 0;
}

// ---- the browsable folder -----------------------------------------------------------------------------

static int write_file(const char *folder, const char *name, struct text content)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (!f) return complain(USHER_INPUT, "%s can't be written: %s", path, strerror(errno));
    fwrite(content.data, 1, content.len, f);
    return fclose(f) ? complain(USHER_STORAGE, "%s can't be written: %s", path, strerror(errno)) : 0;
}

static int make_folder(const char *path)
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

static int write_mail(const char *folder, struct record effect, struct buf *mbox)
{
    struct text file = record_get_text(effect, "file"), eml = record_get_text(effect, "eml");
    char name[80];
    if (!eml.len) return 0;
    add_to_mbox(mbox, eml);
    snprintf(name, sizeof name, "%.*s.eml", (int)file.len, file.data);
    int code = write_file(folder, name, eml);
    if (code) return code;
    snprintf(name, sizeof name, "%.*s.html", (int)file.len, file.data);
    struct text html = record_get_text(effect, "html");
    return html.len ? write_file(folder, name, html) : 0;
}

static int write_folder(const char *folder, struct record report)
{
    char mails[1100];
    snprintf(mails, sizeof mails, "%s/mails", folder);
    int code = make_folder(folder);
    if (!code) code = make_folder(mails);
    struct buf mbox;
    buf_init(&mbox, SIZE_MAX / 2);
    for (struct record_iter it = record_each(record_get(report, "effects")); !code && record_next(&it);) {
        code = write_mail(folder, it.value, &mbox);
    }
    if (!code) code = write_file(folder, "rehearsal.mbox", buf_text(&mbox));
    if (!code) code = write_file(folder, "index.html", record_get_text(record_get(report, "report"), "html"));
    buf_release(&mbox);
    if (!code) printf("\nEvery mail, to look at: %s/index.html (and %s/rehearsal.mbox)\n", folder, folder);
    return code;
}

// ---- crashes --------------------------------------------------------------------------------------------

// What left the house, without the times at which a crash made something come late.
static void history_of(struct record report, struct buf *out)
{
    for (struct record_iter it = record_each(record_get(report, "effects")); record_next(&it);) {
        struct text step = record_get_text(it.value, "step"), flow = record_get_text(it.value, "flow");
        struct text key = record_get_text(it.value, "key"), eml = record_get_text(it.value, "eml");
        if (!eml.len && !text_is(record_get_text(it.value, "kind"), "http")) continue;
        buf_addf(out, "%.*s/%.*s/%.*s\n", (int)flow.len, flow.data, (int)key.len, key.data, (int)step.len,
            step.data);
    }
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t sorted_lines(struct buf *text, char ***out)
{
    size_t n = 0;
    char **lines = NULL, *rest = NULL;
    for (char *line = strtok_r((char *)buf_z(text), "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        lines = mem_grow(lines, sizeof *lines * (n + 1));
        lines[n++] = line;
    }
    if (n) qsort(lines, n, sizeof *lines, compare_lines);
    *out = lines;
    return n;
}

struct losses {
    size_t lost, repeated;
};

static struct losses compare(struct record whole, struct record crashed)
{
    struct buf a, b;
    char **in_whole, **in_crashed;
    struct losses l = {0};
    buf_init(&a, SIZE_MAX / 2);
    buf_init(&b, SIZE_MAX / 2);
    history_of(whole, &a);
    history_of(crashed, &b);
    size_t n = sorted_lines(&a, &in_whole), m = sorted_lines(&b, &in_crashed), i = 0, k = 0;
    while (i < n || k < m) {
        int c = i >= n ? 1 : k >= m ? -1 : strcmp(in_whole[i], in_crashed[k]);
        if (c < 0) l.lost++;
        if (c > 0) l.repeated++;
        if (c <= 0) i++;
        if (c >= 0) k++;
    }
    free(in_whole);
    free(in_crashed);
    buf_release(&a);
    buf_release(&b);
    return l;
}

static size_t count_unsure(struct record report)
{
    size_t n = 0;
    for (struct record_iter it = record_each(record_get(report, "effects")); record_next(&it);) {
        n += text_is(record_get_text(it.value, "kind"), "unsure");
    }
    return n;
}

// Crashes at every boundary in turn. Where a crash leaves a mail unsure, a pretended person who knows
// decides.
static int crash_everywhere(const char *script, struct usher_rehearsal options, struct record whole)
{
    int64_t boundaries = record_get_int(whole, "boundaries", 0);
    size_t lost = 0, repeated = 0, unsure = 0;
    bool tty = isatty(STDERR_FILENO);
    options.from_ms = record_get_int(whole, "from", 0);
    for (int64_t i = 1; i <= boundaries; i++) {
        struct buf bytes;
        options.crash_at = i;
        int code = play(script, &options, &bytes);
        if (code)
            return complain(code, "crash at boundary %lld of %lld", (long long)i, (long long)boundaries);
        struct record crashed = {(uint8_t *)bytes.data, bytes.len};
        struct losses l = compare(whole, crashed);
        lost += l.lost;
        repeated += l.repeated;
        unsure += count_unsure(crashed);
        if (l.lost) printf("crash at %lld: %zu lost\n", (long long)i, l.lost);
        buf_release(&bytes);
        if (tty && i % 16 == 0)
            fprintf(stderr, "\r%lld of %lld crashes", (long long)i, (long long)boundaries);
    }
    if (tty) fprintf(stderr, "\r\033[K");
    printf("%lld crashes: %zu lost, %zu sent once more with the same Message-ID (rules with unsure = "
           "\"resend\"), %zu decided by a person\n",
        (long long)boundaries, lost, repeated, unsure);
    return lost ? USHER_INPUT : 0;
}

// ---- the commands -----------------------------------------------------------------------------------------

int command_rehearse(const struct options *o)
{
    const char *script = only_argument(o, "one script: usher rehearse SCRIPT");
    if (!script) return USHER_USAGE;
    struct usher_rehearsal options = rehearsal_options(o);
    struct buf bytes;
    int code = play(script, &options, &bytes);
    struct record report = {(uint8_t *)bytes.data, bytes.len};
    if (!code && option(o, "crash-everywhere")) code = crash_everywhere(script, options, report);
    else if (!code && !print_json(o, report)) {
        struct text text = record_get_text(record_get(report, "report"), "text");
        fwrite(text.data, 1, text.len, stdout);
    }
    if (!code && option(o, "out")) code = write_folder(option(o, "out"), report);
    buf_release(&bytes);
    return code;
}

int command_check(const struct options *o)
{
    const char *const *scripts;
    int n = options_arguments(o, &scripts), worst = 0;
    if (n == 0) return complain(USHER_USAGE, "which script? usher check SCRIPT...");
    struct usher_rehearsal options = rehearsal_options(o);
    options.check_only = 1;
    for (int i = 0; i < n; i++) {
        struct buf bytes;
        int code = play(scripts[i], &options, &bytes);
        struct record report = {(uint8_t *)bytes.data, bytes.len};
        if (!code && !print_json(o, report)) {
            struct text text = record_get_text(record_get(report, "report"), "check");
            printf("%s: fine\n%.*s", scripts[i], (int)text.len, text.data);
        }
        if (code > worst) worst = code;
        buf_release(&bytes);
    }
    return worst;
}
