// SPDX-License-Identifier: MIT
// The scan splits a script into tokens, exactly enough to know what is text and what is program. It
// never refuses what it does not understand: the compiler comes next and knows better.
#include "engine/source.h"

#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum token_kind { TOKEN_END, TOKEN_NAME, TOKEN_WORD /* of Lua */, TOKEN_NUMBER, TOKEN_STRING, TOKEN_MARK };

struct token {
    enum token_kind kind;
    struct text text;
    int line;
};

// An open bracket: what to go back to when it closes.
struct level {
    int links;
    bool table_call; // f{...}: this table is an argument
};

struct scan {
    const char *name;
    const char *at, *end;
    int line;
    struct token last;         // the token before the current one
    bool last_ends_table_call; // ... was the } of f{...}
    struct level levels[SOURCE_NESTING_MAX + 1];
    int depth;
    struct err *e;
};

static int refuse(struct scan *s, const char *sentence)
{
    return err_set(s->e, ERR_INPUT, "%s:%d: %s", s->name, s->line, sentence);
}

// ---- tokens -----------------------------------------------------------------------------------------

static bool is_word(struct text t)
{
    static const char *const words[] = {"and", "break", "do", "else", "elseif", "end", "false", "for",
        "function", "goto", "if", "in", "local", "nil", "not", "or", "repeat", "return", "then", "true",
        "until", "while"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (text_is(t, words[i])) return true;
    }
    return false;
}

static bool ahead(const struct scan *s, const char *z)
{
    size_t len = strlen(z);
    return (size_t)(s->end - s->at) >= len && memcmp(s->at, z, len) == 0;
}

static void advance_to(struct scan *s, const char *to)
{
    for (; s->at < to; s->at++) s->line += *s->at == '\n';
}

// At [[ or [==[: passes over the whole; false when it is no long bracket.
static bool long_bracket(struct scan *s)
{
    const char *p = s->at + 1;
    while (p < s->end && *p == '=') p++;
    if (*s->at != '[' || p >= s->end || *p != '[') return false;
    size_t len = (size_t)(p - s->at) + 1;
    for (p++; p < s->end; p++) {
        if (*p != ']' || (size_t)(s->end - p) < len || p[len - 1] != ']') continue;
        if (memcmp(p + 1, s->at + 1, len - 2) == 0) break; // as many = as at the start
    }
    advance_to(s, p < s->end ? p + len : s->end);
    return true;
}

static void quoted(struct scan *s)
{
    char quote = *s->at++;
    while (s->at < s->end && *s->at != quote && *s->at != '\n') {
        if (*s->at == '\\' && s->at + 1 < s->end) {
            s->at++;
            if (*s->at == 'z') { // skips the white space that follows, newlines too
                while (s->at + 1 < s->end && isspace((unsigned char)s->at[1])) s->line += *++s->at == '\n';
            }
            s->line += *s->at == '\n';
        }
        s->at++;
    }
    if (s->at < s->end && *s->at == quote) s->at++;
}

static void skip_blanks(struct scan *s)
{
    while (s->at < s->end) {
        if (isspace((unsigned char)*s->at)) {
            s->line += *s->at++ == '\n';
        } else if (ahead(s, "--")) {
            s->at += 2;
            if (s->at < s->end && long_bracket(s)) continue;
            while (s->at < s->end && *s->at != '\n') s->at++;
        } else {
            return;
        }
    }
}

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

// A number ends where no letter, digit, dot or sign of an exponent follows; 1..2 keeps its dots out.
static void number(struct scan *s)
{
    bool hex = ahead(s, "0x") || ahead(s, "0X");
    s->at++;
    while (s->at < s->end && !ahead(s, "..")) {
        char c = *s->at, before = s->at[-1];
        bool sign = (c == '+' || c == '-') && strchr(hex ? "pP" : "eE", before);
        if (!name_char(c) && c != '.' && !sign) break;
        s->at++;
    }
}

static struct token next_token(struct scan *s)
{
    skip_blanks(s);
    struct token t = {TOKEN_END, {s->at, 0}, s->line};
    if (s->at >= s->end) return t;
    const char *start = s->at;
    if (isdigit((unsigned char)*s->at)) {
        t.kind = TOKEN_NUMBER;
        number(s);
    } else if (name_char(*s->at)) {
        while (s->at < s->end && name_char(*s->at)) s->at++;
        t.kind = is_word((struct text){start, (size_t)(s->at - start)}) ? TOKEN_WORD : TOKEN_NAME;
    } else if (*s->at == '"' || *s->at == '\'') {
        t.kind = TOKEN_STRING;
        quoted(s);
    } else if (long_bracket(s)) {
        t.kind = TOKEN_STRING;
    } else {
        static const char *const marks[] = {"...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>"};
        size_t len = 1;
        for (size_t i = 0; i < sizeof marks / sizeof marks[0] && len == 1; i++) {
            if (ahead(s, marks[i])) len = strlen(marks[i]);
        }
        t.kind = TOKEN_MARK;
        s->at += len;
    }
    t.text.len = (size_t)(s->at - start);
    return t;
}

// ---- what a script may not hold -----------------------------------------------------------------------

// Signs that word processors and web pages put in place of plain ones. Outside of texts Lua would only say
// "unexpected symbol near '<\226>'".
static int check_typography(struct scan *s, struct token t)
{
    static const struct {
        const char *sign, *sentence;
    } signs[] = {
        {"\u201c", "\u201c is a typographic quote: write \" instead"},
        {"\u201d", "\u201d is a typographic quote: write \" instead"},
        {"\u201e", "\u201e is a typographic quote: write \" instead"},
        {"\u2018", "\u2018 is a typographic quote: write ' instead"},
        {"\u2019", "\u2019 is a typographic quote: write ' instead"},
        {"\u2013", "\u2013 is a typographic dash: write - instead"},
        {"\u2014", "\u2014 is a typographic dash: write - instead"},
        {"\u2026", "\u2026 is one sign: write three dots instead"},
        {"\u00a0", "there is a space of a special kind (a no-break space): write a plain one instead"},
    };
    if (t.kind != TOKEN_MARK || (unsigned char)t.text.data[0] < 0x80) return 0;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        size_t len = strlen(signs[i].sign);
        size_t left = (size_t)(s->end - t.text.data);
        if (left >= len && memcmp(t.text.data, signs[i].sign, len) == 0) return refuse(s, signs[i].sentence);
    }
    return 0;
}

// Something that can be called or indexed by what follows it.
static bool ends_expression(struct token t)
{
    if (t.kind == TOKEN_NAME || t.kind == TOKEN_STRING) return true;
    return t.kind == TOKEN_MARK && t.text.len == 1 && strchr(")]}", t.text.data[0]);
}

static int open_bracket(struct scan *s, struct token t)
{
    bool table_call = t.text.data[0] == '{' && ends_expression(s->last);
    if (table_call && s->last_ends_table_call) {
        return refuse(s, "two tables follow each other: put everything into one { ... }");
    }
    if (s->depth == SOURCE_NESTING_MAX) {
        return refuse(s, "brackets are nested more than 190 deep: give the inner parts names of their own");
    }
    s->levels[++s->depth] = (struct level){.table_call = table_call};
    return 0;
}

// Counts the links of the chain that the token continues, or begins a new chain.
static int count_link(struct scan *s, struct token t)
{
    char c = t.text.len ? t.text.data[0] : 0;
    bool mark = t.kind == TOKEN_MARK;
    bool dots = mark && (text_is(t.text, ".") || text_is(t.text, "..") || text_is(t.text, ":"));
    bool suffix = (mark && t.text.len == 1 && strchr("([{", c)) || t.kind == TOKEN_STRING;
    int *links = &s->levels[s->depth].links;
    if (dots || (suffix && ends_expression(s->last))) ++*links;
    else if (mark && t.text.len == 1 && strchr(")]}", c)) return 0;
    else if (t.kind == TOKEN_WORD || mark) *links = 0;
    else if (t.kind == TOKEN_NAME && ends_expression(s->last)) *links = 0; // a new statement
    if (*links <= SOURCE_LINKS_MAX) return 0;
    return refuse(s,
        "more than 200 links in one chain (a.b.c, a .. b, calls): split it into several statements");
}

static int check_token(struct scan *s, struct token t)
{
    int line = s->line;
    s->line = t.line; // messages speak of where the token begins
    int failed = check_typography(s, t);
    if (!failed) failed = count_link(s, t);
    bool ends_table_call = false;
    if (!failed && t.kind == TOKEN_MARK && t.text.len == 1) {
        char c = t.text.data[0];
        if (strchr("([{", c)) failed = open_bracket(s, t);
        if (strchr(")]}", c) && s->depth > 0) ends_table_call = s->levels[s->depth--].table_call;
    }
    s->last = t;
    s->last_ends_table_call = ends_table_call;
    s->line = line;
    return failed;
}

static int check_bytes(struct scan *s)
{
    struct text rest = {s->at, (size_t)(s->end - s->at)};
    while (rest.len) {
        size_t step = utf8_step(rest);
        if (!step || *rest.data == 0) break;
        s->line += *rest.data == '\n';
        rest.data += step;
        rest.len -= step;
    }
    if (rest.len) return refuse(s, "this line is not valid UTF-8: save the file as UTF-8");
    s->line = 1;
    return 0;
}

int source_check(const char *name, struct text source, struct text *program, struct err *e)
{
    bool bom = source.len >= 3 && memcmp(source.data, "\xef\xbb\xbf", 3) == 0;
    if (bom) source = (struct text){source.data + 3, source.len - 3};
    *program = source;
    struct scan s = {.name = name, .at = source.data, .end = source.data + source.len, .line = 1, .e = e};
    if (source.len > SOURCE_LEN_MAX) {
        return err_set(e, ERR_INPUT, "%s: the script is longer than 1 MiB: keep lists in files of their own",
            name);
    }
    if (source.len && source.data[0] == '\033') {
        return err_set(e, ERR_INPUT, "%s: this is compiled Lua: usher reads scripts as text only", name);
    }
    if (check_bytes(&s)) return -(int)ERR_INPUT;
    struct token t;
    do {
        t = next_token(&s);
        if (check_token(&s, t)) return -(int)ERR_INPUT;
    } while (t.kind != TOKEN_END);
    return 0;
}

// ---- the compiler's messages --------------------------------------------------------------------------

// "briefing.lua:3: '}' expected (to close '{' at line 1) near 'when'", taken apart.
struct complaint {
    int line;
    struct text words; // after the position
    struct text near;  // the token between the last quotes, empty at the end of the file
};

static struct complaint complaint_read(const char *name, struct text message)
{
    struct complaint c = {.words = message};
    size_t name_len = strlen(name);
    if (message.len > name_len + 1 && memcmp(message.data, name, name_len) == 0) {
        char *rest;
        c.line = (int)strtol(message.data + name_len + 1, &rest, 10);
        if (rest[0] == ':' && rest[1] == ' ') c.words = text_of(rest + 2);
    }
    const char *near = strstr(c.words.data, " near '");
    if (near && c.words.data[c.words.len - 1] == '\'') {
        near += 7;
        c.near = (struct text){near, (size_t)(c.words.data + c.words.len - 1 - near)};
    }
    return c;
}

static bool begins(struct text t, const char *z)
{
    return t.len >= strlen(z) && memcmp(t.data, z, strlen(z)) == 0;
}

// True when the script has `word =` (but not ==) on or after that line.
static bool used_as_name(const char *name, struct text program, int line, struct text word)
{
    struct scan s = {.name = name, .at = program.data, .end = program.data + program.len, .line = 1};
    for (struct token t = next_token(&s), next; t.kind != TOKEN_END; t = next) {
        next = next_token(&s);
        if (t.line >= line && text_eq(t.text, word)) return text_is(next.text, "=");
    }
    return false;
}

int source_explain(const char *name, struct text program, struct text message, struct err *e)
{
    struct complaint c = complaint_read(name, message);
    int near_len = (int)c.near.len;
    const char *near = c.near.data;
    if (!c.line) return err_set(e, ERR_INPUT, "%s: %.*s", name, (int)message.len, message.data);
    if (begins(c.words, "unfinished string")) {
        return err_set(e, ERR_INPUT, "%s:%d: the text that begins with %.*s has no closing quote on its line",
            name, c.line, near_len, near ? near : "");
    }
    if (is_word(c.near) && used_as_name(name, program, c.line, c.near)) {
        return err_set(e, ERR_INPUT, "%s:%d: '%.*s' is a word of Lua itself; write %.*ss = ...", name, c.line,
            near_len, near, near_len, near);
    }
    bool beginning = near_len && !is_word(c.near) && (name_char(near[0]) || strchr("\"'[{", near[0]));
    if (beginning && begins(c.words, "'}' expected")) {
        return err_set(e, ERR_INPUT, "%s:%d: a comma is missing before '%.*s'", name, c.line, near_len, near);
    }
    if (beginning && begins(c.words, "')' expected")) {
        return err_set(e, ERR_INPUT, "%s:%d: a comma or a ) is missing before '%.*s'", name, c.line, near_len,
            near);
    }
    return err_set(e, ERR_INPUT, "%s:%d: %.*s", name, c.line, (int)c.words.len, c.words.data);
}
