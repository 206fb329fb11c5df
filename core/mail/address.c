// SPDX-License-Identifier: MIT
// address: one mailbox, read strictly, so that one text can never become two recipients.
//
// The name is taken literally: nothing decodes it, so "=?utf-8?q?x?=" is a strange name and stays one.
// The address is what SMTP carries without quoting: dot-atoms before the @ (UTF-8 allowed, RFC 6531), host
// name labels after it. Quoted local parts and [1.2.3.4] are correct mail and in no guest list; refusing
// them keeps quotes, spaces and brackets out of every envelope.
#include "mail/mail.h"

#include "base/utf8.h"
#include "mail/header.h"

#include <string.h>

#define LOCAL_MAX 64 // RFC 5321, 4.5.3.1
#define DOMAIN_MAX 255
#define LABEL_MAX 63

static struct text trim(struct text t)
{
    while (t.len && t.data[0] == ' ') t.data++, t.len--;
    while (t.len && t.data[t.len - 1] == ' ') t.len--;
    return t;
}

// The sentence begins with the text itself, cut so that the reason is never lost.
static int refuse(struct text in, const char *why, struct err *e)
{
    int shown = in.len > 100 ? 100 : (int)in.len;
    return err_set(e, ERR_INPUT, "\"%.*s%s\" is not a mail address: %s", shown, in.data,
        in.len > 100 ? "..." : "", why);
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Characters that nobody would see in an address: C1 controls and the no-break space (U+0080-00A0), spaces,
// joiners, direction marks and line ends (U+2000-200F, U+2028-202F), and all of U+2060-206F.
static bool is_invisible(struct text c)
{
    const unsigned char *p = (const unsigned char *)c.data;
    if (c.len == 2) return p[0] == 0xc2 && p[1] <= 0xa0;
    if (c.len != 3 || p[0] != 0xe2) return false;
    if (p[1] == 0x80) return p[2] <= 0x8f || (p[2] >= 0xa8 && p[2] <= 0xaf);
    return p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf;
}

static const char *local_fault(struct text local)
{
    if (local.len == 0) return "nothing stands before the @";
    if (local.len > LOCAL_MAX) return "more than 64 bytes stand before the @";
    if (local.data[0] == '.' || local.data[local.len - 1] == '.')
        return "the part before the @ begins or ends with a dot";
    for (size_t i = 0; i < local.len;) {
        char c = local.data[i];
        struct text one = {local.data + i, utf8_step((struct text){local.data + i, local.len - i})};
        if (c == '.' && local.data[i + 1] == '.') return "two dots follow each other before the @";
        if (one.len == 1 && c != '.' && !is_alnum(c) && (c == 0 || !strchr("!#$%&'*+-/=?^_`{|}~", c)))
            return "a character before the @ is not allowed there";
        if (c == '=' && i + 1 < local.len && local.data[i + 1] == '?')
            return "\"=?\" stands before the @, which some programs would decode";
        if (is_invisible(one)) return "an invisible character stands before the @";
        i += one.len;
    }
    return NULL;
}

static const char *domain_fault(struct text domain)
{
    if (domain.len == 0) return "nothing stands behind the @";
    if (domain.len > DOMAIN_MAX) return "more than 255 bytes stand behind the @";
    size_t label = 0;
    for (size_t i = 0; i <= domain.len; i++) {
        char c = i < domain.len ? domain.data[i] : '.';
        if (c == '.') {
            if (label == 0) return "the part behind the @ begins or ends with a dot, or has two in a row";
            if (label > LABEL_MAX) return "a part between two dots behind the @ is longer than 63 bytes";
            if (domain.data[i - label] == '-' || domain.data[i - 1] == '-')
                return "a part between two dots behind the @ begins or ends with \"-\"";
            label = 0;
            continue;
        }
        if ((unsigned char)c >= 0x80)
            return "behind the @ are letters beyond a-z; write the domain in its xn-- form, which its owner "
                   "knows";
        if (!is_alnum(c) && c != '-') return "only letters, digits, \"-\" and dots may stand behind the @";
        label++;
    }
    return NULL;
}

// `Name, Q.` with its quotes: copies what they hold and leaves *rest behind them.
static const char *read_quoted(struct text *rest, struct buf *name)
{
    size_t i = 1;
    while (i < rest->len && rest->data[i] != '"') {
        if (rest->data[i] == '\\' && ++i == rest->len) break;
        buf_addc(name, rest->data[i++]);
    }
    if (i >= rest->len) return "the name has an opening quote without a closing one";
    *rest = trim((struct text){rest->data + i + 1, rest->len - i - 1});
    if (rest->len == 0 || rest->data[0] != '<') return "<address> must follow the quoted name";
    return NULL;
}

static const char *read_plain(struct text *rest, struct buf *name)
{
    const char *open = memchr(rest->data, '<', rest->len);
    struct text plain = trim((struct text){rest->data, (size_t)(open - rest->data)});
    for (size_t i = 0; i < plain.len; i++) {
        if (strchr("\",;:@()[]\\>", plain.data[i]))
            return "a name with any of \" , ; : @ ( ) [ ] \\ needs double quotes around it";
    }
    buf_addt(name, plain);
    *rest = (struct text){open, rest->len - (size_t)(open - rest->data)};
    return NULL;
}

// Splits off the display name; *rest becomes the bare address.
static const char *read_name(struct text *rest, struct buf *name)
{
    const char *fault = NULL;
    if (rest->len && rest->data[0] == '"') fault = read_quoted(rest, name);
    else if (rest->len && memchr(rest->data, '<', rest->len)) fault = read_plain(rest, name);
    else return NULL; // bare
    if (fault) return fault;
    if (rest->data[rest->len - 1] != '>') return "it must end with > behind the address";
    *rest = (struct text){rest->data + 1, rest->len - 2};
    return NULL;
}

int mail_address_parse(struct text in, struct mail_address *out, struct err *e)
{
    *out = (struct mail_address){0};
    if (header_check("the mail address", in, e)) return -ERR_INPUT;
    struct text rest = trim(in);
    if (rest.len == 0) return refuse(in, "it is empty", e);
    struct buf name;
    buf_init(&name, sizeof out->name - 1);
    const char *fault = read_name(&rest, &name);
    if (!fault && name.over) fault = "the name has more than 255 bytes";
    // The last @, so that "a@b@c" names its fault before the @ instead of behind it.
    const char *at = fault ? NULL : memrchr(rest.data, '@', rest.len);
    if (!fault && !at) fault = "it has no @";
    if (!fault) fault = local_fault((struct text){rest.data, (size_t)(at - rest.data)});
    if (!fault) fault = domain_fault((struct text){at + 1, rest.len - (size_t)(at - rest.data) - 1});
    if (!fault) {
        memcpy(out->name, buf_z(&name), name.len);
        memcpy(out->address, rest.data, rest.len);
    }
    buf_release(&name);
    return fault ? refuse(in, fault, e) : 0;
}
