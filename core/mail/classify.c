// SPDX-License-Identifier: MIT
#include "mail/classify.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define REPORT_LOOKED_AT 4096 // of a report without form: what the server says stands at its beginning

static const char *const kind_names[] = {
#define X(name, text) text,
    MAIL_KINDS(X)
#undef X
};

static const char *const fate_names[] = {
#define X(name, text) text,
    MAIL_FATES(X)
#undef X
};

const char *mail_kind_name(enum mail_kind kind)
{
    return kind_names[kind];
}

const char *mail_fate_name(enum mail_fate fate)
{
    return fate_names[fate];
}

// ---- texts ------------------------------------------------------------------------------------------

static void copy(char *out, size_t room, struct text t)
{
    size_t n = t.len < room - 1 ? t.len : room - 1;
    while (n && n < t.len && ((unsigned char)t.data[n] & 0xc0) == 0x80) n--;
    if (n) memcpy(out, t.data, n);
    out[n] = 0;
}

static bool begins(struct text t, const char *with)
{
    size_t len = strlen(with);
    return t.len >= len && strncasecmp(t.data, with, len) == 0;
}

static bool is(struct text t, const char *word)
{
    return t.len == strlen(word) && begins(t, word);
}

static bool holds(struct text t, const char *words)
{
    for (; t.len >= strlen(words); t.data++, t.len--) {
        if (begins(t, words)) return true;
    }
    return false;
}

static bool begins_with_one(struct text t, const char *const *list)
{
    for (; *list; list++) {
        if (begins(t, *list)) return true;
    }
    return false;
}

static struct text trimmed(struct text t)
{
    while (t.len && strchr(" \t", t.data[0])) t.data++, t.len--;
    while (t.len && strchr(" \t", t.data[t.len - 1])) t.len--;
    return t;
}

static struct text mark(struct record mail, const char *name)
{
    return trimmed(record_get_text(record_get(mail, "marks"), name));
}

// Keeps by what it was told. Always true: whoever found the sign returns it.
static bool say(struct verdict *v, const char *what, struct text value)
{
    int most = value.len > 120 ? 120 : (int)value.len;
    char why[sizeof v->why + 1];
    snprintf(why, sizeof why, "%s%s%.*s", what, value.len ? ": " : "", most, value.data ? value.data : "");
    copy(v->why, sizeof v->why, text_of(why));
    return true;
}

// ---- status codes (RFC 3463) --------------------------------------------------------------------------

static size_t digits(struct text t, size_t at)
{
    size_t n = 0;
    while (at + n < t.len && t.data[at + n] >= '0' && t.data[at + n] <= '9') n++;
    return n;
}

// "5.1.1" at the beginning of t; its length, or 0.
static size_t status_at(struct text t)
{
    if (t.len < 5 || !strchr("245", t.data[0]) || t.data[1] != '.') return 0;
    size_t subject = digits(t, 2);
    if (!subject || subject > 3 || 2 + subject >= t.len || t.data[2 + subject] != '.') return 0;
    size_t detail = digits(t, 3 + subject);
    if (!detail || detail > 3) return 0;
    return 3 + subject + detail;
}

// The first status in a text that does not stand inside a longer number, such as an IP address.
static struct text find_status(struct text t)
{
    for (bool inside = false; t.len; t.data++, t.len--) {
        size_t len = inside ? 0 : status_at(t);
        if (len && (len == t.len || t.data[len] != '.')) return (struct text){t.data, len};
        inside = (t.data[0] >= '0' && t.data[0] <= '9') || t.data[0] == '.';
    }
    return TEXT("");
}

// The first digit of an SMTP reply such as "550 no such user"; 0 when there is none.
static char find_reply_class(struct text t)
{
    for (bool inside = false; t.len >= 3; t.data++, t.len--) {
        bool code = !inside && (t.data[0] == '4' || t.data[0] == '5') && t.data[1] >= '0' &&
                    t.data[1] <= '7' && digits(t, 0) == 3;
        if (code && (t.len == 3 || strchr(" -:#\n", t.data[3]))) return t.data[0];
        inside = (t.data[0] >= '0' && t.data[0] <= '9') || strchr(".-/", t.data[0]);
    }
    return 0;
}

// Not every 5 is about the address: a full box is emptied, a refused content is this mail's, a loop and a
// lost route are the servers'. An address is given up only for what says that it is none.
static enum mail_fate fate_of_status(struct text status)
{
    static const char *const not_the_address[] = {"5.2.2", "5.2.3", "5.3.", "5.4.3", "5.4.5", "5.4.6",
        "5.4.7", "5.4.14", "5.5.", "5.6.", "5.7.", NULL};
    static const char *const the_address[] = {"5.4.310", "5.7.13", NULL};
    if (!status.len) return FATE_NONE;
    if (status.data[0] == '2') return FATE_DELIVERED;
    if (status.data[0] == '4') return FATE_SOFT;
    if (begins_with_one(status, the_address)) return FATE_HARD;
    return begins_with_one(status, not_the_address) ? FATE_SOFT : FATE_HARD;
}

// ---- reports ----------------------------------------------------------------------------------------

// "rfc822; karma@moic.example" -> "karma@moic.example"
static struct text behind_semicolon(struct text t)
{
    const char *at = t.len ? memchr(t.data, ';', t.len) : NULL;
    return trimmed(at ? (struct text){at + 1, t.len - (size_t)(at + 1 - t.data)} : t);
}

static void take_recipient(struct verdict *v, struct record block)
{
    struct text original = record_get_text(block, "original-recipient");
    struct text final = record_get_text(block, "final-recipient");
    copy(v->recipient, sizeof v->recipient, behind_semicolon(original.len ? original : final));
    copy(v->diagnostic, sizeof v->diagnostic, behind_semicolon(record_get_text(block, "diagnostic-code")));
    struct text status = find_status(record_get_text(block, "status"));
    copy(v->status, sizeof v->status, status);
}

// A server that names no code of its own may quote the other one's: "smtp; 550 5.1.1 no such user".
static enum mail_fate fate_of_failure(struct verdict *v)
{
    struct text status = text_of(v->status), words = text_of(v->diagnostic);
    bool says_nothing = !status.len || is(status, "5.0.0") || is(status, "4.0.0");
    struct text quoted = says_nothing ? find_status(words) : TEXT("");
    if (quoted.len) copy(v->status, sizeof v->status, quoted);
    if (quoted.len) return fate_of_status(quoted);
    if (status.len) return fate_of_status(status);
    return find_reply_class(words) == '4' ? FATE_SOFT : FATE_HARD; // the server calls it failed
}

static bool take_block(struct verdict *v, struct record block)
{
    struct text action = trimmed(record_get_text(block, "action"));
    if (!action.len) return false;
    take_recipient(v, block);
    if (begins(action, "failed")) v->fate = fate_of_failure(v);
    else if (begins(action, "delayed")) v->fate = FATE_DELAYED;
    else v->fate = FATE_DELIVERED; // delivered, relayed, expanded
    char what[64];
    snprintf(what, sizeof what, "a delivery report, %.20s", fate_names[v->fate]);
    say(v, what, text_of(v->diagnostic[0] ? v->diagnostic : v->status));
    return true;
}

static bool is_report(struct record mail, struct verdict *v)
{
    struct text type = record_get_text(mail, "report");
    for (struct record_iter it = record_each(record_get(mail, "reports")); record_next(&it);) {
        if (!take_block(v, it.value)) continue;
        v->kind = MAIL_REPORT;
        return true;
    }
    if (is(type, "disposition-notification")) {
        v->kind = MAIL_AUTOMATIC;
        say(v, "a receipt", TEXT(""));
        return true;
    }
    if (is(type, "feedback-report")) { // somebody pressed "this is spam"
        v->kind = MAIL_UNSUBSCRIBE;
        copy(v->purpose, sizeof v->purpose, TEXT("all"));
        say(v, "a complaint that the reader's mail service passed on", TEXT(""));
        return true;
    }
    return false;
}

// ---- reports without form -----------------------------------------------------------------------------

static struct text local_part(struct text address)
{
    const char *at = address.len ? memchr(address.data, '@', address.len) : NULL;
    if (at) address.len = (size_t)(at - address.data);
    return address;
}

// "no-reply" and "no-reply-7", and not somebody called noreplyan.
static bool is_called(struct text address, const char *const *names)
{
    struct text local = local_part(address);
    for (; *names; names++) {
        size_t len = strlen(*names);
        if (begins(local, *names) && (local.len == len || strchr("-+._=", local.data[len]))) return true;
    }
    return false;
}

static bool is_daemon(struct record mail)
{
    static const char *const names[] = {"mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster", NULL};
    struct text from = record_get_text(mail, "from");
    return is_called(from, names) || begins(from, "MicrosoftExchange"); // and 32 digits
}

static bool has_empty_path(struct record mail)
{
    struct record path = record_get(mail, "return_path");
    struct text t;
    return record_text(path, &t) && t.len == 0;
}

static bool has_failure_subject(struct text subject)
{
    static const char *const beginnings[] = {"undeliver", "delivery status notification", "failure notice",
        "mail delivery failed", "mail delivery failure", "delivery failure", "delivery failed",
        "delivery has failed", "returned mail", "message delivery failure", "mail system error",
        "mail could not be delivered", "delivery notification", "nondeliverable", "warning: message",
        "warning: could not send", "delayed mail", "delivery delayed", "delivery incomplete",
        "message status - undeliverable", "unzustellbar", "non remis", "no se puede entregar",
        "correo devuelto", "message not delivered", NULL};
    return begins_with_one(subject, beginnings);
}

// Keeps the line in which one of the phrases stands. False: none does.
static bool says_one(struct verdict *v, struct text words, const char *const *phrases)
{
    while (words.len) {
        const char *lf = memchr(words.data, '\n', words.len);
        struct text line = {words.data, lf ? (size_t)(lf - words.data) : words.len};
        size_t whole = lf ? line.len + 1 : line.len;
        for (const char *const *phrase = phrases; *phrase; phrase++) {
            if (!holds(line, *phrase)) continue;
            copy(v->diagnostic, sizeof v->diagnostic, trimmed(line));
            return true;
        }
        words.data += whole;
        words.len -= whole;
    }
    return false;
}

static enum mail_fate fate_of_words(struct text words, struct verdict *v)
{
    static const char *const delayed[] = {"will be retried", "still trying", "not yet been delivered",
        "delivery will continue", "could not be delivered for", "has been delayed", "will keep trying",
        "no action is required", NULL};
    static const char *const full[] = {"mailbox full", "mailbox is full", "over quota", "quota exceeded",
        "exceeded storage", "out of storage", "inbox is full", NULL};
    static const char *const unknown[] = {"user unknown", "unknown user", "no such user", "does not exist",
        "doesn't exist", "wasn't found", "was not found", "could not be found", "couldn't be found",
        "no mailbox here", "mailbox unavailable", "address rejected", "invalid recipient",
        "unknown recipient", "recipient unknown", "not a valid", "unrouteable address", "no such recipient",
        "account is disabled", "account that you tried to reach", NULL};
    struct text status = find_status(words);
    copy(v->status, sizeof v->status, status);
    if (says_one(v, words, delayed)) return FATE_DELAYED;
    if (says_one(v, words, full)) return FATE_SOFT;
    bool says_unknown = says_one(v, words, unknown);
    if (status.len) return fate_of_status(status);
    if (says_unknown) return FATE_HARD;
    return find_reply_class(words) == '5' ? FATE_HARD : FATE_SOFT; // it says too little to give an address up
}

// What the server says ends where it begins to quote our mail.
static struct text server_words(struct record mail)
{
    static const char *const ends[] = {"--- Below this line is a copy", "------ This is a copy of",
        "Original message headers", "----- Original message", "--- The header of the original",
        "Message-ID:", "--- Original Message", NULL};
    struct text text = record_get_text(mail, "text");
    if (text.len > REPORT_LOOKED_AT) text.len = REPORT_LOOKED_AT;
    for (struct text rest = text; rest.len; rest.data++, rest.len--) {
        if (begins_with_one(rest, ends)) return (struct text){text.data, text.len - rest.len};
    }
    return text;
}

static bool is_shapeless_report(struct record mail, struct verdict *v)
{
    struct text failed = mark(mail, "x-failed-recipients"),
                subject = trimmed(record_get_text(mail, "subject"));
    bool subject_says = has_failure_subject(subject);
    if (!failed.len && !(is_daemon(mail) && (subject_says || has_empty_path(mail))) &&
        !(has_empty_path(mail) && subject_says))
        return false;
    v->kind = MAIL_REPORT;
    v->fate = fate_of_words(server_words(mail), v);
    if (begins(subject, "warning") || begins(subject, "delayed mail") ||
        begins(subject, "delivery delayed") || holds(subject, "(delay)"))
        v->fate = FATE_DELAYED;
    copy(v->recipient, sizeof v->recipient, failed);
    char what[64];
    snprintf(what, sizeof what, "a mail server's words, %.20s", fate_names[v->fate]);
    say(v, what, v->diagnostic[0] ? text_of(v->diagnostic) : v->status[0] ? text_of(v->status) : subject);
    return true;
}

// ---- the others -------------------------------------------------------------------------------------

static bool is_calendar(struct record mail, struct verdict *v)
{
    for (struct record_iter it = record_each(record_get(mail, "calendars")); record_next(&it);) {
        struct text calendar;
        if (!record_text(it.value, &calendar) || itip_read(calendar, &v->calendar, NULL)) continue;
        if (strcmp(v->calendar.method, "reply") && strcmp(v->calendar.method, "counter")) continue;
        v->kind = MAIL_CALENDAR;
        say(v, "a calendar's answer", text_of(v->calendar.answer));
        return true;
    }
    return false;
}

static bool is_unsubscribe(struct record mail, struct verdict *v)
{
    static const char *const purposes[] = {"event", "trainings", "all"};
    struct text subject = trimmed(record_get_text(mail, "subject"));
    if (!begins(subject, "unsubscribe")) return false;
    struct text rest = trimmed((struct text){subject.data + 11, subject.len - 11});
    if (subject.len > 11 && subject.data[11] != ' ') return false;
    for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++) {
        if (is(rest, purposes[i])) copy(v->purpose, sizeof v->purpose, rest);
    }
    if (rest.len && !v->purpose[0]) return false; // a sentence of a person's
    v->kind = MAIL_UNSUBSCRIBE;
    say(v, "the subject", subject);
    return true;
}

static bool is_marked(struct record mail, struct verdict *v)
{
    static const char *const any[] = {"x-autoreply", "x-autoreply-from", "x-autorespond", "x-autoresponder",
        "x-auto-reply-from", "x-mail-autoreply", "x-vacation", "x-ms-exchange-inbox-rules-loop", "x-loop",
        "list-id", "feedback-id", NULL};
    static const char *const precedences[] = {"bulk", "junk", "list", "auto_reply", "auto-reply", NULL};
    struct text submitted = mark(mail, "auto-submitted"), precedence = mark(mail, "precedence");
    if (submitted.len && !is(submitted, "no")) return say(v, "Auto-Submitted", submitted);
    if (begins_with_one(precedence, precedences)) return say(v, "Precedence", precedence);
    for (size_t i = 0; any[i]; i++) {
        struct text value;
        if (record_text(record_get(record_get(mail, "marks"), any[i]), &value)) return say(v, any[i], value);
    }
    return false;
}

static bool is_machine(struct record mail, struct verdict *v)
{
    static const char *const names[] = {"no-reply", "noreply", "no_reply", "donotreply", "do-not-reply",
        NULL};
    struct text from = record_get_text(mail, "from");
    if (has_empty_path(mail)) return say(v, "an empty return path", TEXT(""));
    if (is_daemon(mail) || is_called(from, names)) return say(v, "its sender", from);
    return false;
}

// The weakest sign, and the only one that some programs give.
static bool has_automatic_subject(struct record mail, struct verdict *v)
{
    static const char *const beginnings[] = {"automatic reply", "auto-reply", "auto reply", "autoreply",
        "auto response", "auto-response", "autoresponse", "out of office", "out of the office",
        "ooo:", "vacation:", "vacation reply", "on vacation", "on leave:", "away from the office",
        "i am away", "i'm away", "abwesenheitsnotiz", "automatische antwort", "réponse automatique",
        "absence du bureau", "respuesta automática", "fuera de la oficina", "risposta automatica",
        "resposta automática", "automatisch antwoord", "自动回复", "자동 회신", "자동 응답", "自動応答",
        NULL};
    struct text subject = trimmed(record_get_text(mail, "subject"));
    if (!begins_with_one(subject, beginnings)) return false;
    say(v, "the subject", subject);
    return true;
}

void classify(struct record mail, struct verdict *out)
{
    memset(out, 0, sizeof *out);
    out->kind = MAIL_REPLY;
    if (is_report(mail, out) || is_calendar(mail, out) || is_shapeless_report(mail, out) ||
        is_unsubscribe(mail, out))
        return;
    if (is_marked(mail, out) || is_machine(mail, out) || has_automatic_subject(mail, out))
        out->kind = MAIL_AUTOMATIC;
}

// ---- as a record --------------------------------------------------------------------------------------

static void put(struct record_map *map, const char *key, const char *z)
{
    if (*z) record_map_text(map, key, text_of(z));
}

static void put_calendar(const struct itip *c, struct buf *out)
{
    struct record_map map;
    record_map_init(&map);
    put(&map, "method", c->method);
    put(&map, "uid", c->uid);
    put(&map, "attendee", c->attendee);
    put(&map, "answer", c->answer);
    put(&map, "sent_by", c->sent_by);
    put(&map, "recurrence", c->recurrence);
    put(&map, "comment", c->comment);
    record_map_int(&map, "sequence", c->sequence);
    if (c->stamp_ms) record_map_int(&map, "stamp", c->stamp_ms);
    record_map_end(&map, out);
}

void verdict_put(const struct verdict *v, struct record_map *out)
{
    record_map_text(out, "kind", text_of(kind_names[v->kind]));
    put(out, "why", v->why);
    put(out, "fate", fate_names[v->fate]);
    put(out, "status", v->status);
    put(out, "recipient", v->recipient);
    put(out, "diagnostic", v->diagnostic);
    put(out, "purpose", v->purpose);
    if (v->kind == MAIL_CALENDAR) put_calendar(&v->calendar, record_map_key(out, "calendar"));
}
