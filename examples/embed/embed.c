/* SPDX-License-Identifier: MIT */
/* embed: usher inside a program of your own, which brings an effect of its own.
 *
 *     cc embed.c -lusher -o embed && ./embed evening.lua evening.db
 *
 * Owns a list of the effects that usher has begun and that are not done yet. Kill it at any moment and start
 * it again: the evening goes on where it was. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <usher.h>

struct job {
    struct job *next;
    char id[64];
    char work[256]; /* the effect's arguments, as JSON */
};

struct house {
    struct job *lamps, *reports;
};

static void job_add(struct job **list, const char *id, const char *args_json)
{
    struct job *j = calloc(1, sizeof *j);
    if (!j) abort();
    snprintf(j->id, sizeof j->id, "%s", id);
    snprintf(j->work, sizeof j->work, "%s", args_json);
    while (*list) list = &(*list)->next;
    *list = j;
}

/* usher calls these when a step is on disk. They only take the work down: usher must not be called back from
 * inside them. `key` names the step; a device that knows it can refuse to do the same thing twice. */
static void begin_lamp(void *ctx, const char *id, const char *key, const char *args_json)
{
    struct house *h = ctx;
    printf("begin %s\n", key);
    job_add(&h->lamps, id, args_json);
}

static void begin_report(void *ctx, const char *id, const char *key, const char *args_json)
{
    struct house *h = ctx;
    printf("begin %s\n", key);
    job_add(&h->reports, id, args_json);
}

/* Does what is on the list and tells usher how it ended. */
static int do_jobs(struct usher *u, struct job **list, const char *what, const char *result_json)
{
    int done = 0;
    while (*list) {
        struct job *j = *list;
        printf("%s %s\n", what, j->work);
        usher_effect_done(u, j->id, result_json, NULL, 0);
        *list = j->next;
        free(j);
        done++;
    }
    fflush(stdout);
    return done;
}

/* Was the evening over before we came? What is on disk says so. */
static int is_over(struct usher *u)
{
    char *answer = NULL;
    if (usher_ask(u, "{\"ask\": \"flows\", \"state\": \"done\"}", &answer)) return 0;
    int over = answer && strstr(answer, "\"evening\"") != NULL;
    usher_free(answer);
    return over;
}

static int evening(struct usher *u, struct house *h, const char *script)
{
    usher_effect_add(u, "lamp", begin_lamp, h);
    usher_effect_add(u, "report", begin_report, h);
    if (usher_load(u, script)) return usher_failed(u);
    if (is_over(u)) printf("this evening is over\n"), usher_stop(u);
    while (usher_turn(u, 1000)) { /* the program's own work may stand in this loop */
        do_jobs(u, &h->lamps, "lamp", "{\"watts\": 40}");
        if (do_jobs(u, &h->reports, "report", NULL)) usher_stop(u); /* what is under way is kept first */
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct house h = {NULL, NULL};
    if (argc != 3) {
        fprintf(stderr, "embed SCRIPT DATABASE\n");
        return USHER_USAGE;
    }
    struct usher *u = usher_open(&(struct usher_options){.database = argv[2], .control = "", .verbose = -1});
    int code = usher_failed(u);
    if (!code) code = evening(u, &h, argv[1]);
    if (code) fprintf(stderr, "%s\n", usher_error(u));
    usher_close(u);
    return code;
}
