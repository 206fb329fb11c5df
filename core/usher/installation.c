// SPDX-License-Identifier: MIT
#include "usher/installation.h"

#include "engine/guard.h"
#include "lua/config.h"
#include "mail/incoming.h"
#include "mail/mail.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (8u << 20)

int installation_read_file(void *ctx, const char *path, char **data, size_t *len, struct err *e)
{
    (void)ctx;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0) return err_set(e, ERR_INPUT, "%s can't be read: %s", path, strerror(errno));
    if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
        close(fd);
        return err_set(e, ERR_INPUT, "%s is no file", path);
    }
    struct buf content;
    buf_init(&content, FILE_MAX);
    char chunk[65536];
    ssize_t n;
    while ((n = read(fd, chunk, sizeof chunk)) > 0) buf_add(&content, chunk, (size_t)n);
    close(fd);
    if (n < 0 || content.over) {
        buf_release(&content);
        return err_set(e, ERR_INPUT, n < 0 ? "%s can't be read" : "%s is larger than 8 MiB", path);
    }
    *data = buf_take(&content, len);
    return 0;
}

// ---- secrets ----------------------------------------------------------------------------------------

static bool secret_from_file(const char *folder, const char *name, struct buf *out)
{
    char path[1024];
    char *data;
    size_t len;
    if (!folder || snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) return false;
    if (installation_read_file(NULL, path, &data, &len, NULL)) return false;
    while (len && (data[len - 1] == '\n' || data[len - 1] == '\r')) len--;
    buf_add(out, data, len);
    free(data);
    return true;
}

void installation_add_script(struct installation *in, const char *script)
{
    const char *slash = strrchr(script, '/');
    size_t len = slash ? (size_t)(slash - script) + 1 : 0;
    struct script_folder *f = mem_alloc(sizeof *f + len + 1);
    memcpy(f->path, script, len);
    f->next = in->folders;
    in->folders = f;
}

int installation_secret(void *self, const char *name, struct buf *out, struct err *e)
{
    struct installation *in = self;
    for (const char *c = name; *c; c++) {
        if (!isalnum((unsigned char)*c) && *c != '_') {
            return err_set(e, ERR_INPUT,
                "the name of a secret has letters, digits and _ only, and '%s' has not", name);
        }
    }
    char variable[160], beside[1024];
    snprintf(variable, sizeof variable, "USHER_SECRET_%s", name);
    const char *value = getenv(variable);
    if (value) {
        buf_addz(out, value);
        return 0;
    }
    if (secret_from_file(getenv("CREDENTIALS_DIRECTORY"), name, out)) return 0;
    if (secret_from_file(installation_text(in, NULL, "secrets"), name, out)) return 0;
    snprintf(beside, sizeof beside, "%ssecrets", in->folders ? in->folders->path : "");
    for (const struct script_folder *f = in->folders; f; f = f->next) {
        char folder[1024];
        snprintf(folder, sizeof folder, "%ssecrets", f->path);
        if (secret_from_file(folder, name, out)) return 0;
    }
    return err_set(e, ERR_INPUT,
        "the secret '%s' is missing: set the environment variable %s, or write it into the file %s/%s", name,
        variable, beside, name);
}

// ---- configuration ----------------------------------------------------------------------------------

int installation_open(struct installation *in, const char *config, struct err *e)
{
    memset(in, 0, sizeof *in);
    buf_init(&in->config, RECORD_LEN_MAX);
    buf_init(&in->texts, RECORD_LEN_MAX);
    if (!config) {
        record_put_map(&in->config, 0);
        return 0;
    }
    char *data;
    size_t len;
    int failed = installation_read_file(NULL, config, &data, &len, e);
    if (failed) return failed;
    failed = config_read(config, (struct text){data, len}, installation_secret, in, &in->config, e);
    free(data);
    return failed;
}

void installation_close(struct installation *in)
{
    if (in->config.data) explicit_bzero(in->config.data, in->config.len);
    if (in->texts.data) explicit_bzero(in->texts.data, in->texts.len);
    buf_release(&in->config);
    buf_release(&in->texts);
    free(in->only_said);
    while (in->folders) {
        struct script_folder *f = in->folders;
        in->folders = f->next;
        free(f);
    }
}

static struct record section_of(struct installation *in, const char *section)
{
    struct record all = {(const uint8_t *)in->config.data, in->config.len};
    return section ? record_get(all, section) : all;
}

// The buffer is made as large as it can ever need to be at the first call, so that what it lent stays valid.
static const char *lend(struct installation *in, struct text t)
{
    if (!in->texts.data) {
        struct buf whole;
        buf_init(&whole, in->config.len * 2 + 4096);
        whole.data = mem_alloc(in->config.len * 2 + 4096);
        whole.room = in->config.len * 2 + 4096;
        in->texts = whole;
    }
    const char *at = in->texts.data + in->texts.len;
    buf_addt(&in->texts, t);
    buf_addc(&in->texts, 0);
    return at;
}

const char *installation_text(struct installation *in, const char *section, const char *name)
{
    struct text t = record_get_text(section_of(in, section), name);
    return t.len ? lend(in, t) : NULL;
}

const char *installation_base_url(struct installation *in, const char *otherwise)
{
    const char *configured = installation_text(in, "web", "base_url");
    return configured ? configured : otherwise;
}

int64_t installation_mails_an_hour_max(struct installation *in)
{
    return record_get_int(section_of(in, "mail"), "hourly_max", 0);
}

static int hourly_max(struct installation *in, struct err *e)
{
    struct record given = record_get(section_of(in, "mail"), "hourly_max");
    int64_t n = installation_mails_an_hour_max(in);
    if (!given.data || (n >= 1 && n <= GUARD_MAILS_MOST)) return 0;
    return err_set(e, ERR_INPUT, "mail.hourly_max is a whole number from 1 to %d", GUARD_MAILS_MOST);
}

static int tls_mode(struct installation *in, const char *section, enum tls_mode otherwise, enum tls_mode *out,
    struct err *e)
{
    struct text t = record_get_text(section_of(in, section), "tls");
    if (t.len == 0) *out = otherwise;
    else if (text_is(t, "starttls")) *out = TLS_STARTTLS;
    else if (text_is(t, "none")) *out = TLS_NONE;
    else if (text_is(t, "tls")) *out = TLS_WHOLE;
    else
        return err_set(e, ERR_INPUT,
            "%s.tls = \"%.*s\" is not known: write \"starttls\", \"tls\" or \"none\"", section, (int)t.len,
            t.data);
    return 0;
}

// At most 64 texts, ended by NULL.
static void lend_list(struct installation *in, struct record list, const char **out)
{
    size_t n = 0;
    struct text t;
    for (struct record_iter it = record_each(list); record_next(&it) && n < 64;)
        if (record_text(it.value, &t)) out[n++] = lend(in, t);
    out[n] = NULL;
}

// ---- where mails may leave to -------------------------------------------------------------------------

static int check_domains(const char *const *domains, struct err *e)
{
    for (size_t i = 0; domains[i]; i++) {
        size_t len = strspn(domains[i], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.");
        if (len && !domains[i][len] && strchr(domains[i], '.')) continue;
        return err_set(e, ERR_INPUT,
            "only: '%s' is no domain: write what stands behind the @ of an address, as in moic.example",
            domains[i]);
    }
    return 0;
}

int installation_only(struct installation *in, const char *said, const char *const **out, struct err *e)
{
    size_t n = 0;
    lend_list(in, said ? (struct record){0} : record_get(section_of(in, "mail"), "only"), in->only);
    free(in->only_said);
    in->only_said = mem_copyz(said);
    for (char *at = in->only_said; at && n < 64;) {
        char *comma = strchr(at, ',');
        in->only[n++] = at;
        if (comma) *comma = 0;
        at = comma ? comma + 1 : NULL;
    }
    if (said) in->only[n] = NULL;
    *out = in->only[0] ? in->only : NULL;
    return check_domains(in->only, e);
}

// ---- pages --------------------------------------------------------------------------------------------

static int check_base_url(const char *url, struct err *e)
{
    if (!url)
        return err_set(e, ERR_INPUT,
            "web.base_url is missing: the links in mails begin with it, as in "
            "\"https://events.office.example\"");
    const char *host = strncmp(url, "https://", 8) == 0  ? url + 8
                       : strncmp(url, "http://", 7) == 0 ? url + 7
                                                         : "";
    size_t len = strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:[]");
    if (!len || host[len])
        return err_set(e, ERR_INPUT,
            "web.base_url = \"%s\" is no address of a site: write one like "
            "\"https://events.office.example\", "
            "without a path and without a slash at its end",
            url);
    return 0;
}

static int milliseconds(struct record section, const char *name, int64_t *out, struct err *e)
{
    double seconds;
    struct record given = record_get(section, name);
    if (!given.data || !record_num(given, &seconds)) return 0;
    if (!(seconds >= 0.1 && seconds <= 3600))
        return err_set(e, ERR_INPUT, "web.%s is a time between 0.1 and 3600 seconds", name);
    *out = (int64_t)(seconds * 1000);
    return 0;
}

static int count(struct record section, const char *name, int *out, struct err *e)
{
    if (!record_get(section, name).data) return 0;
    int64_t n = record_get_int(section, name, 0);
    if (n < 1 || n > 1000000)
        return err_set(e, ERR_INPUT, "web.%s is a whole number between 1 and 1000000", name);
    *out = (int)n;
    return 0;
}

static int web_settings(struct installation *in, struct web_settings *out, struct err *e)
{
    struct record web = section_of(in, "web");
    const char *listen = installation_text(in, "web", "listen");
    int failed = check_base_url(installation_text(in, "web", "base_url"), e);
    out->listen = listen ? listen : INSTALLATION_LISTEN;
    lend_list(in, record_get(web, "proxies"), in->proxies);
    out->proxies = in->proxies;
    out->tls_cert = installation_text(in, "web", "tls_cert");
    out->tls_key = installation_text(in, "web", "tls_key");
    if (!failed && !out->tls_cert != !out->tls_key)
        failed = err_set(e, ERR_INPUT,
            "web.tls_cert and web.tls_key belong together: one of them is missing");
    if (!failed) failed = count(web, "connections", &out->connections, e);
    if (!failed) failed = count(web, "per_address", &out->per_address, e);
    if (!failed) failed = milliseconds(web, "head_seconds", &out->head_ms, e);
    if (!failed) failed = milliseconds(web, "body_seconds", &out->body_ms, e);
    if (!failed) failed = milliseconds(web, "idle_seconds", &out->idle_ms, e);
    return failed;
}

// ---- mail that comes in -------------------------------------------------------------------------------

static int bounce_address(struct installation *in, struct err *e)
{
    const char *bounces = installation_text(in, "mail", "bounces");
    struct mail_address parsed;
    if (!bounces) return 0;
    if (mail_address_parse(text_of(bounces), &parsed, e)) return err_in(e, "mail.bounces");
    if (!parsed.name[0] && !strchr(bounces, '+')) return 0;
    return err_set(e, ERR_INPUT,
        "mail.bounces = \"%s\": write a bare address without a plus sign, as in bounces@office.example; each "
        "mail's own mark is put behind a plus",
        bounces);
}

static int mailbox_settings(struct installation *in, struct mailbox_settings *out, struct err *e)
{
    struct record mailbox = section_of(in, "mailbox");
    *out = (struct mailbox_settings){0};
    if (!mailbox.data) return 0;
    if (!incoming_is_built_in())
        return err_set(e, ERR_INPUT,
            "mailbox: the part that reads mail is missing here. Install libgmime-3.0-0 (when usher was built "
            "without it: libgmime-3.0-dev, and build again), or take mailbox out of the settings");
    out->host = installation_text(in, "mailbox", "host");
    if (!out->host) return err_set(e, ERR_INPUT, "mailbox.host is missing: which server keeps the mailbox?");
    out->port = (int)record_get_int(mailbox, "port", 0);
    out->user = installation_text(in, "mailbox", "user");
    out->password = installation_text(in, "mailbox", "password");
    out->folder = installation_text(in, "mailbox", "folder");
    out->ca_file = installation_text(in, "mailbox", "ca_file");
    out->every_ms = record_get_int(mailbox, "every_seconds", 0) * 1000;
    out->timeout_ms = record_get_int(mailbox, "timeout_seconds", 0) * 1000;
    if (out->every_ms < 0) return err_set(e, ERR_INPUT, "mailbox.every_seconds must be 1 or more");
    return tls_mode(in, "mailbox", TLS_WHOLE, &out->tls, e);
}

void installation_mail_limits(struct installation *in, int *per_hour, int *per_minute)
{
    struct record smtp = section_of(in, "smtp");
    *per_hour = (int)record_get_int(smtp, "per_hour", 0);
    *per_minute = (int)record_get_int(smtp, "per_minute", 0);
}

int installation_settings(struct installation *in, struct live_settings *out, struct err *e)
{
    struct record smtp = section_of(in, "smtp");
    out->smtp.host = installation_text(in, "smtp", "host");
    if (smtp.data && !out->smtp.host)
        return err_set(e, ERR_INPUT, "smtp.host is missing: which mail server sends?");
    out->smtp.port = (int)record_get_int(smtp, "port", 0);
    out->smtp.user = installation_text(in, "smtp", "user");
    out->smtp.password = installation_text(in, "smtp", "password");
    out->smtp.hello = installation_text(in, "smtp", "hello");
    out->smtp.connections = (int)record_get_int(smtp, "connections", 0);
    installation_mail_limits(in, &out->smtp.per_hour, &out->smtp.per_minute);
    out->smtp.timeout_ms = record_get_int(smtp, "timeout_seconds", 0) * 1000;
    out->ca_file = installation_text(in, "smtp", "ca_file");
    out->http_connections = (int)record_get_int(section_of(in, "limits"), "http_connections", 0);
    if (!out->outbox) out->outbox = installation_text(in, NULL, "outbox");
    lend_list(in, section_of(in, "allow_private"), in->allow_private);
    out->allow_private = in->allow_private;
    if (record_get(section_of(in, NULL), "web").data && web_settings(in, &out->web, e)) return -(int)e->code;
    if (mailbox_settings(in, &out->mailbox, e) || bounce_address(in, e) || hourly_max(in, e))
        return -(int)e->code;
    return tls_mode(in, "smtp", TLS_STARTTLS, &out->smtp.tls, e);
}
