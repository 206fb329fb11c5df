// SPDX-License-Identifier: MIT
#include "world/imap.h"

#include "base/instant.h"
#include "world/easy.h"
#include "world/host.h"
#include "world/wires.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define REPLY_MS MINUTE_MS
#define CONNECT_MS (30 * SECOND_MS)
#define WHOLE_MS (10 * MINUTE_MS) // one command with its answer, on a slow line
#define WINDOW 1000               // messages that one SEARCH looks through
#define BUFFER_LEN (64L << 10)    // a line of WINDOW numbers has 11 KB
#define WORDS_MAX 200

struct imap {
    CURL *easy; // keeps the connection; NULL: none yet
    const struct mailbox_settings *settings;
    struct wires wires;
    struct buf line;             // the unfinished one of the list
    struct buf *mail;            // while one is being read
    int64_t validity, exists;    // as the server said when the folder was opened; -1: not said
    char refusal[WORDS_MAX + 1]; // the server's last NO or BAD
    char words[CURL_ERROR_SIZE];
};

int imap_settings_check(const struct mailbox_settings *s, struct err *e)
{
    if (!s->host) return 0;
    if (!host_is_name(s->host))
        return err_set(e, ERR_USAGE, "mailbox: \"%s\" is no name of a mail server", s->host);
    if (s->port < 0 || s->port > 65535) return err_set(e, ERR_USAGE, "mailbox: there is no port %d", s->port);
    if (!s->user) return err_set(e, ERR_USAGE, "mailbox: the user is missing: whose mailbox is it?");
    if (!s->password) return err_set(e, ERR_USAGE, "mailbox: the user %s has no password", s->user);
    if (s->tls == TLS_NONE && !host_is_local(s->host))
        return err_set(e, ERR_USAGE,
            "mailbox: without TLS the password would be readable on the way to %s; set tls", s->host);
    return 0;
}

static int port_of(const struct mailbox_settings *s)
{
    return s->port ? s->port : s->tls == TLS_WHOLE ? 993 : 143;
}

static const char *folder_of(const struct mailbox_settings *s)
{
    return s->folder ? s->folder : "INBOX";
}

void imap_name(const struct mailbox_settings *s, struct buf *out)
{
    buf_addf(out, "%s@%s:%d/%s", s->user, s->host, port_of(s), folder_of(s));
}

struct imap *imap_open(const struct mailbox_settings *settings)
{
    struct imap *m = mem_alloc(sizeof *m);
    m->settings = settings;
    wires_init(&m->wires);
    buf_init(&m->line, BUFFER_LEN);
    return m;
}

void imap_hang_up(struct imap *m)
{
    curl_easy_cleanup(m->easy);
    m->easy = NULL;
}

void imap_close(struct imap *m)
{
    if (!m) return;
    imap_hang_up(m);
    wires_release(&m->wires);
    buf_release(&m->line);
    free(m);
}

void imap_abort(struct imap *m)
{
    wires_cut(&m->wires);
}

// ---- what the server says -------------------------------------------------------------------------

// The number behind `word` in a line, or -1.
static int64_t number_after(struct text line, const char *word)
{
    size_t len = strlen(word);
    const char *at = memmem(line.data, line.len, word, len);
    if (!at) return -1;
    int64_t n = -1;
    for (at += len; at < line.data + line.len && *at >= '0' && *at <= '9' && n < INT64_C(1) << 40; at++)
        n = (n < 0 ? 0 : n) * 10 + (*at - '0');
    return n;
}

// "* 52 EXISTS"
static int64_t exists_in(struct text line)
{
    long long n = -1;
    char copy[32];
    if (line.len >= sizeof copy) return -1;
    memcpy(copy, line.data, line.len);
    copy[line.len] = 0;
    return sscanf(copy, "* %lld EXISTS", &n) == 1 && strstr(copy, "EXISTS") ? n : -1;
}

// The words go into logs: control bytes must not.
static void note_refusal(struct imap *m, struct text line)
{
    const char *space = line.len ? memchr(line.data, ' ', line.len) : NULL;
    if (!space || line.data[0] == '*' || line.data[0] == '+') return;
    struct text rest = {space + 1, line.len - (size_t)(space + 1 - line.data)};
    if (strncmp(rest.data, "NO ", 3) && strncmp(rest.data, "BAD ", 4)) return;
    size_t n = 0;
    for (size_t i = 0; i < rest.len && n < WORDS_MAX; i++) {
        unsigned char c = (unsigned char)rest.data[i];
        if (c != '\r' && c != '\n') m->refusal[n++] = c < ' ' || c >= 0x7f ? '?' : (char)c;
    }
    m->refusal[n] = 0;
}

static size_t on_line(char *data, size_t one, size_t len, void *ctx)
{
    struct imap *m = ctx;
    struct text line = {data, len};
    if (len < 5) return len;
    int64_t validity = line.data[0] == '*' ? number_after(line, "[UIDVALIDITY ") : -1;
    int64_t exists = line.data[0] == '*' ? exists_in(line) : -1;
    if (validity >= 0) m->validity = validity;
    if (exists >= 0) m->exists = exists;
    note_refusal(m, line);
    return len;
}

static void list_add(struct imap_list *list, int64_t uid)
{
    if (list->n == list->room) {
        list->room = list->room ? 2 * list->room : 256;
        list->uids = mem_grow(list->uids, list->room * sizeof *list->uids);
    }
    list->uids[list->n++] = uid;
}

// "* SEARCH 17 18 23", perhaps several such lines, and others that were not asked for.
static void read_numbers(struct text lines, int64_t after, struct imap_list *list)
{
    bool wanted = false;
    for (size_t i = 0; i < lines.len;) {
        bool begins = i == 0 || lines.data[i - 1] == '\n';
        if (begins) wanted = lines.len - i > 9 && !strncasecmp(lines.data + i, "* SEARCH ", 9);
        size_t digits = 0;
        int64_t uid = 0;
        while (i + digits < lines.len && lines.data[i + digits] >= '0' && lines.data[i + digits] <= '9')
            if (digits++ < 15) uid = uid * 10 + (lines.data[i + digits - 1] - '0');
        if (wanted && digits && uid > after)
            list_add(list, uid); // n:* finds the last one even if it is below n
        i += digits ? digits : 1;
    }
}

// Refusing bytes would end the connection, so what is too long is taken and dropped.
static size_t on_body(char *data, size_t one, size_t len, void *ctx)
{
    struct imap *m = ctx;
    if (!m->mail) {
        buf_add(&m->line, data, len);
        return len;
    }
    size_t room = m->mail->max - m->mail->len;
    buf_add(m->mail, data, len < room ? len : room);
    if (len > room) m->mail->over = true;
    return len;
}

// ---- asking ---------------------------------------------------------------------------------------

static void set_options(struct imap *m)
{
    const struct mailbox_settings *set = m->settings;
    int64_t reply_ms = set->timeout_ms > 0 ? set->timeout_ms : REPLY_MS;
    CURL *easy = m->easy;
    wires_watch(&m->wires, easy);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, m);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_line);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, m);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, m->words);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_LEN);
    curl_easy_setopt(easy, CURLOPT_USERNAME, set->user);
    curl_easy_setopt(easy, CURLOPT_PASSWORD, set->password);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(reply_ms < CONNECT_MS ? reply_ms : CONNECT_MS));
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)((reply_ms + SECOND_MS - 1) / SECOND_MS));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)WHOLE_MS);
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
        (long)(set->tls == TLS_STARTTLS ? CURLUSESSL_ALL : CURLUSESSL_NONE));
}

// `more` goes behind the folder: ";UID=17".
static void set_url(struct imap *m, const char *more)
{
    const struct mailbox_settings *set = m->settings;
    char *folder = curl_easy_escape(m->easy, folder_of(set), 0);
    struct buf url;
    assert(folder); // fails only without memory
    buf_init(&url, 2048);
    buf_addf(&url, "%s://", set->tls == TLS_WHOLE ? "imaps" : "imap");
    host_put(&url, set->host);
    buf_addf(&url, ":%d/%s%s", port_of(set), folder, more);
    curl_easy_setopt(m->easy, CURLOPT_URL, buf_z(&url)); // copies it
    buf_release(&url);
    curl_free(folder);
}

static int fail(struct imap *m, CURLcode code, struct err *e)
{
    const char *words = m->words[0] ? m->words : curl_easy_strerror(code);
    if (code == CURLE_LOGIN_DENIED)
        return err_set(e, ERR_NET, "the server does not let usher in: %s; look at the mailbox settings",
            m->refusal[0] ? m->refusal : words);
    return err_set(e, ERR_NET, "%s%s%s", words, m->refusal[0] ? ": " : "", m->refusal);
}

static CURLcode ask(struct imap *m, const char *more, const char *command)
{
    if (!m->easy) {
        m->easy = easy_open("imap,imaps", m->settings->ca_file);
        set_options(m);
        m->validity = m->exists = -1;
    }
    m->refusal[0] = m->words[0] = 0;
    buf_clear(&m->line);
    m->line.over = false;
    set_url(m, more);
    curl_easy_setopt(m->easy, CURLOPT_CUSTOMREQUEST, command); // copies it
    return curl_easy_perform(m->easy);
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int search(struct imap *m, int64_t low, int64_t high, int64_t after, struct imap_list *list,
    struct err *e)
{
    char command[100];
    snprintf(command, sizeof command, "UID SEARCH %lld:%lld UID %lld:*", (long long)low, (long long)high,
        (long long)after + 1);
    CURLcode code = ask(m, "", command);
    if (code) return fail(m, code, e);
    if (m->line.over) return err_set(e, ERR_NET, "the server's answer to a SEARCH is too long");
    read_numbers(buf_text(&m->line), after, list);
    return 0;
}

static int list_all(struct imap *m, int64_t after, struct imap_list *list, struct err *e)
{
    CURLcode code = ask(m, "", "NOOP"); // opens the folder, which says how many mails there are
    if (code) return fail(m, code, e);
    list->validity = m->validity;
    if (m->validity < 0 || m->exists < 0)
        return err_set(e, ERR_NET, "the server does not say what is in the folder");
    for (int64_t high = m->exists; high > 0; high -= WINDOW) {
        size_t before = list->n;
        int64_t low = high > WINDOW ? high - WINDOW + 1 : 1;
        if (search(m, low, high, after, list, e)) return -(int)e->code;
        if (list->n == before) break;
        if (list->n > IMAP_LIST_MAX)
            return err_set(e, ERR_LIMIT, "there are more than %d new mails", IMAP_LIST_MAX);
    }
    return 0;
}

int imap_list(struct imap *m, int64_t after, struct imap_list *out, struct err *e)
{
    *out = (struct imap_list){0};
    int failed = list_all(m, after, out, e);
    if (failed) {
        free(out->uids);
        *out = (struct imap_list){0};
    } else if (out->n) qsort(out->uids, out->n, sizeof *out->uids, by_number);
    return failed;
}

int imap_fetch(struct imap *m, int64_t validity, int64_t uid, struct buf *out, struct err *e)
{
    char more[128];
    // One byte more than fits, so that `over` tells whether there was more.
    snprintf(more, sizeof more, ";UIDVALIDITY=%lld;UID=%lld;PARTIAL=0.%zu", (long long)validity,
        (long long)uid, out->max + 1);
    m->mail = out;
    CURLcode code = ask(m, more, NULL);
    m->mail = NULL;
    if (code == CURLE_REMOTE_FILE_NOT_FOUND) return err_set(e, ERR_INPUT, "it is gone");
    return code ? fail(m, code, e) : 0;
}

int imap_unsee(struct imap *m, int64_t uid, struct err *e)
{
    char command[80];
    snprintf(command, sizeof command, "UID STORE %lld -FLAGS.SILENT (\\Seen)", (long long)uid);
    CURLcode code = ask(m, "", command);
    return code ? fail(m, code, e) : 0;
}
