// SPDX-License-Identifier: MIT
#include "world/smtp.h"

#include "base/instant.h"
#include "world/easy.h"
#include "world/host.h"
#include "world/smtp_reply.h"
#include "world/wires.h"
#include <stdlib.h>
#include <string.h>

#define REPLY_MS (5 * MINUTE_MS) // RFC 5321, 4.5.3.2
#define CONNECT_MS (30 * SECOND_MS)
#define WHOLE_REPLIES 4             // the whole transaction may take as long as this many slow replies
#define GREYLIST_MS (5 * MINUTE_MS) // Postgrey's delay, and the usual one of others
#define KEPT_CONNECTION_S 60        // most servers close an idle one after some minutes

// What the server replies to. Names are for sentences: "the mail server answered RCPT with: 550 ...".
#define STAGES(X)                                                 \
    X(GREETING, "the connection")                                 \
    X(HELLO, "EHLO")                                              \
    X(STARTTLS, "STARTTLS")                                       \
    X(LOG_IN, "the log-in")                                       \
    X(MAIL, "MAIL FROM") /* from here on it is about this mail */ \
    X(RCPT, "RCPT TO")                                            \
    X(DATA, "DATA")                                               \
    X(DOT, "the message") /* DATA was answered by 354 */
enum stage {
#define X(name, text) STAGE_##name,
    STAGES(X)
#undef X
};
static const char *const stage_names[] = {
#define X(name, text) text,
    STAGES(X)
#undef X
};

struct smtp {
    CURL *easy; // keeps the connection; NULL: none yet
    const struct smtp_settings *settings;
    const char *ca_file;
    char url[600];
    bool utf8_offered; // by the last EHLO of the kept connection
    struct wires wires;
};

// One try to hand over one mail.
struct talk {
    struct smtp *smtp;
    const struct mail_envelope *envelope;
    struct text left; // of the message
    bool all_read;    // curl has sent the message and asked for more; the dot goes out next
    bool needs_utf8_refused;
    bool over; // curl has said QUIT; what the server replies to that is no word about the mail
    enum stage stage;
    struct smtp_reply reply; // the last one
    char words[CURL_ERROR_SIZE];
};

int smtp_settings_check(const struct smtp_settings *s, struct err *e)
{
    if (!s->host) return 0;
    if (!host_is_name(s->host))
        return err_set(e, ERR_USAGE, "smtp: \"%s\" is no name of a mail server", s->host);
    if (s->hello && !host_is_name(s->hello))
        return err_set(e, ERR_USAGE, "smtp: \"%s\" is no host name to say in EHLO", s->hello);
    if (s->port < 0 || s->port > 65535) return err_set(e, ERR_USAGE, "smtp: there is no port %d", s->port);
    if (s->user && !s->password) return err_set(e, ERR_USAGE, "smtp: the user %s has no password", s->user);
    if (s->user && s->tls == TLS_NONE && !host_is_local(s->host))
        return err_set(e, ERR_USAGE,
            "smtp: without TLS the password would be readable on the way to %s; set tls", s->host);
    return 0;
}

static void make_url(struct smtp *s)
{
    static const int ports[] = {[TLS_NONE] = 25, [TLS_STARTTLS] = 587, [TLS_WHOLE] = 465};
    const struct smtp_settings *set = s->settings;
    struct buf url;
    buf_init(&url, sizeof s->url - 1);
    buf_addf(&url, "%s://", set->tls == TLS_WHOLE ? "smtps" : "smtp");
    host_put(&url, set->host);
    buf_addf(&url, ":%d", set->port ? set->port : ports[set->tls]);
    if (set->hello) buf_addf(&url, "/%s", set->hello);
    memcpy(s->url, buf_z(&url), url.len + 1);
    buf_release(&url);
}

struct smtp *smtp_open(const struct smtp_settings *settings, const char *ca_file)
{
    struct smtp *s = mem_alloc(sizeof *s);
    s->settings = settings;
    s->ca_file = ca_file;
    wires_init(&s->wires);
    make_url(s);
    return s;
}

void smtp_hang_up(struct smtp *s)
{
    curl_easy_cleanup(s->easy);
    s->easy = NULL;
}

void smtp_close(struct smtp *s)
{
    if (!s) return;
    smtp_hang_up(s);
    wires_release(&s->wires);
    free(s);
}

void smtp_abort(struct smtp *s)
{
    wires_cut(&s->wires);
}

// ---- one conversation -----------------------------------------------------------------------------

static size_t on_read(char *out, size_t one, size_t room, void *ctx)
{
    struct talk *t = ctx;
    size_t n = t->left.len < room ? t->left.len : room;
    memcpy(out, t->left.data, n);
    t->left.data += n;
    t->left.len -= n;
    if (n == 0) t->all_read = true;
    return n;
}

// Commands as they go out tell which stage the next reply belongs to. The base64 of a log-in may look like a
// word: so the words without a space count only where they can come.
static void note_command(struct talk *t, struct text c)
{
    if (c.len >= 5 && !memcmp(c.data, "EHLO ", 5)) {
        t->stage = STAGE_HELLO;
        t->smtp->utf8_offered = false;
    } else if (t->stage == STAGE_HELLO && c.len == 10 && !memcmp(c.data, "STARTTLS\r\n", 10))
        t->stage = STAGE_STARTTLS;
    else if (c.len >= 5 && !memcmp(c.data, "AUTH ", 5)) t->stage = STAGE_LOG_IN;
    else if (c.len >= 10 && !memcmp(c.data, "MAIL FROM:", 10)) t->stage = STAGE_MAIL;
    else if (c.len >= 8 && !memcmp(c.data, "RCPT TO:", 8)) t->stage = STAGE_RCPT;
    else if (t->reply.code != 334 && c.len == 6 && !memcmp(c.data, "QUIT\r\n", 6)) t->over = true;
    else if (t->stage == STAGE_RCPT && c.len == 6 && !memcmp(c.data, "DATA\r\n", 6)) t->stage = STAGE_DATA;
}

static int on_debug(CURL *easy, curl_infotype type, char *data, size_t len, void *ctx)
{
    if (type == CURLINFO_HEADER_OUT) note_command(ctx, (struct text){data, len});
    return 0;
}

static size_t on_reply(char *data, size_t one, size_t len, void *ctx)
{
    struct talk *t = ctx;
    struct text line = {data, len};
    if (t->over) return len;
    smtp_reply_add(&t->reply, line);
    if (t->stage == STAGE_HELLO && smtp_reply_offers(line, "SMTPUTF8")) t->smtp->utf8_offered = true;
    if (t->stage == STAGE_DATA && t->reply.code == 354) t->stage = STAGE_DOT;
    // curl would send the raw UTF-8 address to a server that can't carry it: stop before RCPT.
    t->needs_utf8_refused = t->stage == STAGE_MAIL && t->envelope->needs_utf8 && !t->smtp->utf8_offered;
    return t->needs_utf8_refused ? 0 : len;
}

static void set_callbacks(CURL *easy, struct talk *t)
{
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, t);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_reply);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, t);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L); // or else on_debug is not called; nothing is printed
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->words);
}

// No INFILESIZE: curl 7.88 compares it with the bytes sent after dot-stuffing, and would cut the end of a
// long mail whose number of stuffed dots happens to fit. It costs the SIZE= that few servers look at.
static void set_options(struct smtp *s)
{
    const struct smtp_settings *set = s->settings;
    int64_t reply_ms = set->timeout_ms > 0 ? set->timeout_ms : REPLY_MS;
    long reply_s = (long)((reply_ms + SECOND_MS - 1) / SECOND_MS);
    CURL *easy = s->easy;
    curl_easy_setopt(easy, CURLOPT_URL, s->url);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    wires_watch(&s->wires, easy);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)KEPT_CONNECTION_S);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(reply_ms < CONNECT_MS ? reply_ms : CONNECT_MS));
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, reply_s);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(reply_ms * WHOLE_REPLIES));
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
        (long)(set->tls == TLS_STARTTLS ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    if (set->user) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, set->user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, set->password);
    }
}

static CURLcode transfer(struct smtp *s, struct talk *t, bool fresh)
{
    if (!s->easy) {
        s->easy = easy_open("smtp,smtps", s->ca_file);
        set_options(s);
    }
    set_callbacks(s->easy, t);
    curl_easy_setopt(s->easy, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
    curl_easy_setopt(s->easy, CURLOPT_MAIL_FROM, t->envelope->from);
    struct curl_slist *to = curl_slist_append(NULL, t->envelope->to);
    curl_easy_setopt(s->easy, CURLOPT_MAIL_RCPT, to);
    CURLcode result = curl_easy_perform(s->easy);
    curl_easy_setopt(s->easy, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(to);
    return result;
}

// A server may close a kept connection, or tire of it, at any time; before DATA nothing is lost by that.
static bool was_stale(struct smtp *s, const struct talk *t, CURLcode result)
{
    long made = 0;
    curl_easy_getinfo(s->easy, CURLINFO_NUM_CONNECTS, &made);
    bool silent = t->reply.code < 400;
    return result && made == 0 && t->stage < STAGE_DOT && !t->needs_utf8_refused &&
           (silent || t->reply.code == 421);
}

static void end_ok(const struct talk *t, struct errand *r)
{
    struct buf words;
    struct record_map result;
    buf_init(&words, SMTP_REPLY_MAX + 8);
    buf_addf(&words, "%d %s", t->reply.code, t->reply.text);
    record_map_init(&result);
    record_map_text(&result, "reply", buf_text(&words));
    record_map_end(&result, &r->value);
    errand_end(r, OUTCOME_OK, "%s", buf_z(&words));
    buf_release(&words);
}

// A refusal that no other mail would escape: loud, because until somebody acts nothing goes out at all.
static void end_refused_house(const struct talk *t, struct errand *r)
{
    errand_end(r, OUTCOME_AGAIN,
        "the mail server %s lets usher send nothing: it answered %s with: %d %s; look at the smtp settings",
        t->smtp->settings->host, stage_names[t->stage], t->reply.code, t->reply.text);
    r->loud = true;
}

// Who is asked to come back later by a server that does not know us yet is let in after some minutes, and not
// after one: the first try again waits for that, the further ones as always.
static void mind_greylisting(const struct talk *t, struct errand *r)
{
    if (r->attempt == 1 && smtp_reply_greylists(&t->reply)) r->retry_after_ms = GREYLIST_MS;
}

static void judge(const struct talk *t, CURLcode result, struct errand *r)
{
    int code = t->reply.code;
    const char *host = t->smtp->settings->host;
    const char *words = t->words[0] ? t->words : curl_easy_strerror(result);
    bool about_house = t->stage < STAGE_MAIL || code == 530;
    if (!result && code < 400) end_ok(t, r);
    else if (t->needs_utf8_refused)
        errand_end(r, OUTCOME_FAILED,
            "the mail server %s can't carry an address with letters outside ASCII (it does not offer "
            "SMTPUTF8)",
            host);
    else if (code >= 500 && about_house) end_refused_house(t, r);
    else if (code >= 400) {
        errand_end(r, code >= 500 ? OUTCOME_FAILED : OUTCOME_AGAIN,
            "the mail server %s answered %s with: %d %s", host, stage_names[t->stage], code, t->reply.text);
        mind_greylisting(t, r);
    } else if (t->all_read)
        errand_end(r, OUTCOME_UNSURE,
            "the connection to %s was lost after the whole mail was sent, before the "
            "server said whether it took it: %s",
            host, words);
    else
        errand_end(r, OUTCOME_AGAIN, "the mail could not be handed to %s: at %s: %s", host,
            stage_names[t->stage], words);
}

// libcurl guards nothing here: a line break in an address would be a command of its own.
static bool is_safe_address(const char *z)
{
    for (; *z; z++) {
        unsigned char c = (unsigned char)*z;
        if (c <= ' ' || c == 0x7f || c == '<' || c == '>') return false;
    }
    return true;
}

void smtp_send(struct smtp *s, const struct mail_envelope *envelope, struct text message, struct errand *r)
{
    if (!is_safe_address(envelope->from) || !is_safe_address(envelope->to) || !envelope->to[0]) {
        errand_end(r, OUTCOME_FAILED,
            "the address of this mail holds a space, an angle bracket or a line break");
        return;
    }
    for (int tries = 0;; tries++) {
        struct talk t = {.smtp = s, .envelope = envelope, .left = message};
        CURLcode result = transfer(s, &t, tries > 0);
        if (tries == 0 && was_stale(s, &t, result)) continue;
        judge(&t, result, r);
        return;
    }
}
