// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include "base/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *arguments, *sentence;
} commands[] = {
#define X(name, arguments, sentence) {name, arguments, sentence},
    COMMANDS(X)
#undef X
};
#define COMMANDS_N (sizeof commands / sizeof *commands)

static const struct {
    const char *name, *kind, *otherwise, *env, *sentence;
} known[] = {
#define X(name, kind, otherwise, env, sentence) {name, #kind, otherwise, env, sentence},
    OPTIONS(X)
#undef X
};
#define KNOWN_N (sizeof known / sizeof *known)

struct options {
    const char *command;
    const char *values[KNOWN_N];
    const char **arguments;
    int arguments_n;
    struct given *given; // every option in its order, for those that may be there several times
    int given_n;
};

struct given {
    int option;
    const char *value;
};

static int find_option(struct text name)
{
    for (size_t i = 0; i < KNOWN_N; i++) {
        if (text_is(name, known[i].name)) return (int)i;
    }
    return -1;
}

static bool is_flag(int i)
{
    return strcmp(known[i].kind, "FLAG") == 0;
}

static int unknown(const char *what, struct text word, const char *const *words, size_t n)
{
    const char *near = nearest_word(word, words, n);
    fprintf(stderr, "usher: unknown %s '%.*s'", what, (int)word.len, word.data);
    if (near) fprintf(stderr, " (did you mean '%s'?)", near);
    fprintf(stderr, ". `usher help` lists them.\n");
    return -1;
}

static void take_value(struct options *o, int i, const char *value)
{
    o->values[i] = value;
    o->given[o->given_n++] = (struct given){i, value};
}

// "--name value", "--name=value", "--flag". Answers how many words it took, or -1.
static int take_option(struct options *o, char **argv, int left)
{
    const char *text = argv[0] + 2, *equals = strchr(text, '=');
    struct text name = {text, equals ? (size_t)(equals - text) : strlen(text)};
    int i = find_option(name);
    if (i < 0) {
        const char *words[KNOWN_N];
        for (size_t k = 0; k < KNOWN_N; k++) words[k] = known[k].name;
        return unknown("option", name, words, KNOWN_N);
    }
    if (is_flag(i)) {
        take_value(o, i, "yes");
        return 1;
    }
    if (equals) {
        take_value(o, i, equals + 1);
        return 1;
    }
    if (left < 2) {
        fprintf(stderr, "usher: --%s needs a value: --%s %s\n", known[i].name, known[i].name, known[i].kind);
        return -1;
    }
    take_value(o, i, argv[1]);
    return 2;
}

static bool command_is_known(const char *name)
{
    const char *words[COMMANDS_N];
    for (size_t i = 0; i < COMMANDS_N; i++) {
        if (strcmp(commands[i].name, name) == 0) return true;
        words[i] = commands[i].name;
    }
    unknown("command", text_of(name), words, COMMANDS_N);
    return false;
}

static bool parse(struct options *o, int argc, char **argv)
{
    bool only_arguments = false;
    for (int i = 1; i < argc;) {
        if (!only_arguments && strcmp(argv[i], "--") == 0) {
            only_arguments = true;
            i++;
        } else if (!only_arguments && strncmp(argv[i], "--", 2) == 0) {
            int took = take_option(o, argv + i, argc - i);
            if (took < 0) return false;
            i += took;
        } else if (!o->command) {
            o->command = argv[i++];
            if (!command_is_known(o->command)) return false;
        } else {
            o->arguments[o->arguments_n++] = argv[i++];
        }
    }
    return true;
}

struct options *options_parse(int argc, char **argv)
{
    struct options *o = mem_alloc(sizeof *o);
    o->arguments = mem_alloc(sizeof *o->arguments * (size_t)(argc + 1));
    o->given = mem_alloc(sizeof *o->given * (size_t)(argc + 1));
    if (parse(o, argc, argv)) return o;
    options_free(o);
    return NULL;
}

void options_free(struct options *o)
{
    if (!o) return;
    free(o->arguments);
    free(o->given);
    free(o);
}

const char *options_command(const struct options *o)
{
    return o->command;
}

const char *option(const struct options *o, const char *name)
{
    int i = find_option(text_of(name));
    if (i < 0) return NULL;
    if (o->values[i]) return o->values[i];
    return *known[i].env ? getenv(known[i].env) : NULL;
}

char *option_joined(const struct options *o, const char *name, const char *separator)
{
    int i = find_option(text_of(name));
    struct buf all;
    buf_init(&all, 1u << 20);
    for (int k = 0; k < o->given_n; k++) {
        if (o->given[k].option != i) continue;
        if (all.len) buf_addz(&all, separator);
        buf_addz(&all, o->given[k].value);
    }
    return all.data ? buf_take(&all, NULL) : NULL;
}

int options_arguments(const struct options *o, const char *const **out)
{
    *out = o->arguments;
    return o->arguments_n;
}

static bool is_command(struct text word)
{
    for (size_t i = 0; i < COMMANDS_N; i++) {
        if (text_is(word, commands[i].name)) return true;
    }
    return false;
}

int options_has_command(const char *word)
{
    return is_command(text_of(word));
}

// Cuts the next word off a list of commands, "hold, cancel"; false at its end, and where it is no such list.
static bool take_command(struct text *list, struct text *word)
{
    size_t len = 0;
    while (len < list->len && list->data[len] != ',') len++;
    *word = (struct text){list->data, len};
    size_t next = len < list->len && len + 1 < list->len && list->data[len + 1] == ' ' ? len + 2 : list->len;
    *list = (struct text){list->data + next, list->len - next};
    return is_command(*word);
}

// A sentence may say for which commands an option is, part by part: "answer: how it came; hold, cancel: why".
// One that begins otherwise is for all.
static bool is_for(const char *sentence, const char *command)
{
    for (const char *part = sentence; part;) {
        const char *colon = strchr(part, ':'), *semicolon = strchr(part, ';');
        struct text list = {part, colon ? (size_t)(colon - part) : 0}, word;
        bool is_list = list.len > 0;
        for (; is_list && list.len; is_list = take_command(&list, &word)) {
            struct text left = list;
            if (take_command(&left, &word) && text_is(word, command)) return true;
        }
        if (!is_list && part == sentence) return true;
        part = semicolon && semicolon[1] == ' ' ? semicolon + 2 : NULL;
    }
    return false;
}

void options_print_help(const char *command)
{
    for (size_t i = 0; i < COMMANDS_N; i++) {
        if (command && strcmp(command, commands[i].name) != 0) continue;
        if (command)
            printf("usher %s %s\n  %s\n", commands[i].name, commands[i].arguments, commands[i].sentence);
        else printf("  usher %-9s %-24s %s\n", commands[i].name, commands[i].arguments, commands[i].sentence);
    }
    printf("\nOptions:\n");
    for (size_t i = 0; i < KNOWN_N; i++) {
        bool flag = is_flag((int)i);
        if (command && !is_for(known[i].sentence, command)) continue;
        printf("  --%-17s %-7s %s", known[i].name, flag ? "" : known[i].kind, known[i].sentence);
        if (*known[i].otherwise) printf(" Default: %s.", known[i].otherwise);
        printf("\n");
    }
}
