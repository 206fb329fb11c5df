// SPDX-License-Identifier: MIT
#include "cli/script.h"

#include "cli/cli.h"
#include "usher.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ENDING ".lua"
#define SETTINGS "usher.conf.lua"

// What was found in a folder. `path` is the first of them.
struct found {
    char *path;
    size_t n;
};

static void take(struct found *f, char *path)
{
    if (f->n++ == 0) f->path = path;
    else free(path);
}

static char *join(const char *folder, const char *name)
{
    struct buf path;
    size_t len = strlen(folder);
    buf_init(&path, SIZE_MAX / 2);
    if (strcmp(folder, ".") != 0) buf_addf(&path, "%s%s", folder, len && folder[len - 1] == '/' ? "" : "/");
    buf_addz(&path, name);
    return buf_take(&path, NULL);
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_script(const char *name)
{
    size_t len = strlen(name), ending = strlen(ENDING);
    return name[0] != '.' && len > ending && strcmp(name + len - ending, ENDING) == 0 &&
           strcmp(name, SETTINGS) != 0;
}

static struct found scripts_in(const char *folder)
{
    struct found found = {0};
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char *path = is_script(entry->d_name) ? join(folder, entry->d_name) : NULL;
        if (path && is_folder(path)) free(path);
        else if (path) take(&found, path);
    }
    if (dir) closedir(dir);
    return found;
}

// Scripts of the folders in this one. Those with several count as such.
static struct found scripts_below(void)
{
    struct found found = {0};
    DIR *dir = opendir(".");
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (entry->d_name[0] == '.' || !is_folder(entry->d_name)) continue;
        struct found there = scripts_in(entry->d_name);
        if (there.n) take(&found, there.path);
        if (there.n > 1) found.n += there.n - 1;
    }
    if (dir) closedir(dir);
    return found;
}

static char *only(const struct options *o, struct found found, const char *place)
{
    const char *command = o ? options_command(o) : "rehearse";
    if (found.n == 1) return found.path;
    free(found.path);
    if (found.n)
        complain(USHER_USAGE, "there are %zu scripts %s: say which, as in  usher %s SCRIPT", found.n, place,
            command);
    else
        complain(USHER_USAGE,
            "there is no script %s: name one, as in  usher %s SCRIPT  (usher new makes one)", place, command);
    return NULL;
}

// A word that names no folder is taken as it stands.
static char *script_named(const char *word)
{
    char place[200];
    if (!is_folder(word)) return mem_copyz(word);
    snprintf(place, sizeof place, "in %.150s", word);
    return only(NULL, scripts_in(word), place);
}

char *script_argument(const struct options *o)
{
    const char *const *words;
    int n = options_arguments(o, &words);
    if (n == 1) return script_named(words[0]);
    if (n > 1) {
        complain(USHER_USAGE, "usher %s takes one script: usher %s SCRIPT", options_command(o),
            options_command(o));
        return NULL;
    }
    struct found here = scripts_in(".");
    return only(o, here.n ? here : scripts_below(), "here");
}

void script_arguments_free(char **list)
{
    for (char **one = list; one && *one; one++) free(*one);
    free(list);
}

char **script_arguments(const struct options *o)
{
    const char *const *words;
    int n = options_arguments(o, &words), count = n ? n : 1;
    char **list = mem_alloc(((size_t)count + 1) * sizeof *list);
    for (int i = 0; i < count; i++) {
        list[i] = n ? script_named(words[i]) : script_argument(o);
        if (list[i]) continue;
        script_arguments_free(list);
        return NULL;
    }
    return list;
}
