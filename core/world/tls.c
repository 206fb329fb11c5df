// SPDX-License-Identifier: MIT
#include "world/tls.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

struct tls_keys {
    SSL_CTX *ctx;
};

struct tls {
    SSL *ssl;
    BIO *in, *out; // owned by ssl
    bool ended;
};

// ---- certificates -----------------------------------------------------------------------------------

// A key with a passphrase would stop the start and wait at a terminal that a service has not.
static int no_passphrase(char *out, int room, int writing, void *ctx)
{
    return 0;
}

// Browsers that offer HTTP/2 as well are told that it is HTTP/1.1 here.
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *in, unsigned in_len, void *ctx)
{
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen;
    int found = SSL_select_next_proto(&chosen, out_len, ours, sizeof ours - 1, in, in_len);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

static int fail(struct err *e, const char *setting, const char *path)
{
    unsigned long first = ERR_peek_error();
    const char *reason = ERR_SYSTEM_ERROR(first) ? strerror(ERR_GET_REASON(first))
                                                 : ERR_reason_error_string(first);
    err_set(e, ERR_INPUT, "%s: %s can't be used: %s", setting, path, reason ? reason : "it is no PEM file");
    ERR_clear_error();
    return -(int)ERR_INPUT;
}

static int load(SSL_CTX *ctx, const char *cert, const char *key, struct err *e)
{
    ERR_clear_error();
    SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1) return fail(e, "web.tls_cert", cert);
    if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1) return fail(e, "web.tls_key", key);
    return 0;
}

struct tls_keys *tls_keys_open(const char *cert, const char *key, struct err *e)
{
    struct tls_keys *keys = mem_alloc(sizeof *keys);
    keys->ctx = SSL_CTX_new(TLS_server_method());
    if (!keys->ctx) err_set(e, ERR_MEMORY, "OpenSSL gives no context for TLS");
    if (!keys->ctx || load(keys->ctx, cert, key, e)) {
        tls_keys_close(keys);
        return NULL;
    }
    SSL_CTX_set_min_proto_version(keys->ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(keys->ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(keys->ctx, SSL_SESS_CACHE_OFF); // tickets do, and cost no memory here
    SSL_CTX_set_mode(keys->ctx, SSL_MODE_RELEASE_BUFFERS);         // idle connections keep none
    SSL_CTX_set_alpn_select_cb(keys->ctx, choose_protocol, NULL);
    return keys;
}

void tls_keys_close(struct tls_keys *keys)
{
    if (!keys) return;
    SSL_CTX_free(keys->ctx);
    free(keys);
}

int tls_keys_days(const struct tls_keys *keys)
{
    int days = 0, seconds = 0;
    X509 *cert = SSL_CTX_get0_certificate(keys->ctx);
    if (!cert || !ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(cert))) return INT_MAX;
    return seconds < 0 ? days - 1 : days;
}

// ---- a conversation ---------------------------------------------------------------------------------

struct tls *tls_new(struct tls_keys *keys)
{
    struct tls *t = mem_alloc(sizeof *t);
    t->ssl = SSL_new(keys->ctx);
    t->in = BIO_new(BIO_s_mem());
    t->out = BIO_new(BIO_s_mem());
    if (!t->ssl || !t->in || !t->out) { // only without memory
        BIO_free(t->in);
        BIO_free(t->out);
        SSL_free(t->ssl);
        free(t);
        return NULL;
    }
    SSL_set_bio(t->ssl, t->in, t->out);
    SSL_set_accept_state(t->ssl);
    return t;
}

void tls_free(struct tls *t)
{
    if (!t) return;
    SSL_free(t->ssl);
    free(t);
}

void tls_take(struct tls *t, struct text came)
{
    BIO_write(t->in, came.data, (int)came.len); // into memory: takes all of it
}

ssize_t tls_read(struct tls *t, char *out, size_t room)
{
    size_t n = 0;
    ERR_clear_error(); // SSL_get_error looks at what an earlier call, of another connection too, left there
    int ok = SSL_read_ex(t->ssl, out, room, &n);
    if (ok) return (ssize_t)n;
    switch (SSL_get_error(t->ssl, ok)) {
    case SSL_ERROR_WANT_READ: return 0;
    case SSL_ERROR_ZERO_RETURN: t->ended = true; return 0;
    }
    return -1;
}

bool tls_ended(const struct tls *t)
{
    return t->ended;
}

int tls_write(struct tls *t, struct text plain)
{
    size_t n = 0;
    ERR_clear_error();
    return !plain.len || SSL_write_ex(t->ssl, plain.data, plain.len, &n) ? 0 : -1;
}

void tls_end(struct tls *t)
{
    ERR_clear_error();
    if (SSL_is_init_finished(t->ssl)) SSL_shutdown(t->ssl);
}

void tls_out(struct tls *t, struct buf *out)
{
    char *data;
    long len = BIO_get_mem_data(t->out, &data);
    if (len > 0) buf_add(out, data, (size_t)len);
    (void)BIO_reset(t->out);
}
