// SPDX-License-Identifier: MIT
// settings: what the real world is told about this installation. The caller fills it from the
// configuration and keeps every text in it alive until live_close. Zero is a sensible value everywhere:
// no mail server (mails go to the outbox), no control socket, the true clock, public addresses only.
#pragma once

#include "base/record.h"
#include <stdbool.h>
#include <stdint.h>

enum tls_mode {
    TLS_NONE,     // in the clear; with a password only to this machine itself
    TLS_STARTTLS, // begins in the clear and must switch before anything is said
    TLS_WHOLE,    // TLS from the first byte (port 465)
};

struct smtp_settings {
    const char *host; // NULL: no mail server
    int port;         // 0: 25, 587 or 465, as tls asks for
    enum tls_mode tls;
    const char *user, *password; // NULL: no log-in
    int connections;             // at most so many at once; 0: 4
    int per_hour;                // at most so many mails in any 60 minutes; 0: no limit
    int per_minute;              // the same for any 60 seconds
    const char *hello;           // the name said in EHLO; NULL: the machine's
    int64_t timeout_ms;          // patience for one reply; 0: 5 minutes, RFC 5321's wish
};

struct web_settings {
    const char *listen; // "127.0.0.1:8080", "[::1]:8080"; NULL: no pages are served
    int port_tries;     // when the port is taken, so many of the next ones are tried
    int connections;    // at most so many at once; 0: 4096, or as many as open files allow
    int per_address;    // of these, from one address; 0: 256. Trusted proxies have as many as there are
    int64_t head_ms;    // a request's head is there after so long, or refused; 0: 10 s
    int64_t body_ms;    // and its body after so long, and as long again for every MiB; 0: 30 s
    int64_t idle_ms;    // a connection without a request is closed after so long; 0: 60 s

    // Networks whose X-Forwarded-For and X-Forwarded-Proto are believed: "127.0.0.1", "10.1.0.0/16". Ends
    // with NULL.
    const char *const *proxies;
    const char *tls_cert, *tls_key; // PEM files; NULL: plain HTTP, for a proxy in front
};

// The mailbox that guests reply to: read by IMAP, and left as it is but for the mark that a mail was seen.
struct mailbox_settings {
    const char *host; // NULL: no mailbox is read
    int port;         // 0: 143, 143 or 993, as tls asks for
    enum tls_mode tls;
    const char *user, *password;
    const char *folder;  // NULL: "INBOX"
    const char *ca_file; // NULL: the system's certificates
    int64_t every_ms;    // 0: a minute
    int64_t timeout_ms;  // patience for one reply; 0: a minute
};

// A mail that was read, or that can't be: then `mail` is not there, and `why` says what is wrong with it.
struct mail_arrival {
    const char *mailbox; // "user@host:port/folder": whose numbers these are
    int64_t reader;      // which opening of the mailbox read it; for live_mailbox_settled
    int64_t validity, uid;
    struct record mail; // core/mail/incoming.h
    const char *why;
};

struct live_settings {
    struct smtp_settings smtp;
    struct web_settings web;
    struct mailbox_settings mailbox;
    const char *outbox;   // folder of written mails; NULL: "outbox"
    const char *control;  // path of the control socket; NULL: none
    const char *ca_file;  // certificates to trust instead of the system's; NULL: the system's
    int64_t shift_ms;     // practice: this clock is so far ahead of the wall's
    bool practice;        // practice: mails go to the outbox only, whatever smtp says
    int http_connections; // at most so many requests at once; 0: 32
    int64_t drain_ms;     // a stop waits so long for what is under way; 0: 10 s

    // Networks that scripts may reach although they are private: "10.1.0.0/16", "::1". Ends with NULL.
    const char *const *allow_private;

    // All are called on the loop's thread with ctx; each may be NULL.
    void *ctx;
    void (*on_stop)(void *ctx, bool at_once);     // SIGTERM or SIGINT came; the stop is already under way
    void (*on_reload)(void *ctx);                 // SIGHUP came
    void (*on_configured)(void *ctx, bool taken); // live_configure is through; false: the old settings stay
    // The mailbox was opened: up to which mail was it read before? Answer by live_mailbox_begin.
    void (*on_mailbox)(void *ctx, const char *mailbox, int64_t reader);
    // A mail, in the order of their numbers. Say by live_mailbox_settled when what came of it is on disk.
    void (*on_mail)(void *ctx, const struct mail_arrival *arrival);
    // One request on the control socket. Answer it, now or later, by live_reply with the same id.
    void (*on_request)(void *ctx, uint64_t reply_id, struct record request);
    // One request for a page (web/request.h). Answer it, now or later, by live_web_reply with the same id.
    void (*on_web)(void *ctx, uint64_t reply_id, struct record request);
    // Most bytes of a body for that page; 0: no page takes one there. NULL: 64 KiB everywhere.
    size_t (*on_web_head)(void *ctx, struct text method, struct text path);
};
