// SPDX-License-Identifier: MIT
// installation: what this machine is told about mail, folders and secrets: usher.conf.lua, as settings.
//
// Owns the configuration's bytes; the settings borrow from them. Secrets are looked for in the environment
// (USHER_SECRET_<NAME>), in the service manager's folder (CREDENTIALS_DIRECTORY), in the configuration's
// `secrets` folder, and in the folder "secrets" beside a script, in this order.
#pragma once

#include "base/err.h"
#include "base/record.h"
#include "world/settings.h"

struct script_folder {
    struct script_folder *next;
    char path[]; // ends in a slash, or is empty
};

struct installation {
    struct buf config;             // one map
    struct script_folder *folders; // of the scripts that were loaded
    const char *allow_private[65], *proxies[65], *only[65];
    char *only_said;  // what the command line says of `only`
    struct buf texts; // NUL-terminated copies that the settings borrow
};

// config may be NULL: everything at its default.
int installation_open(struct installation *in, const char *config, struct err *e);
void installation_close(struct installation *in);
// Fills what the configuration says; leaves the rest alone.
int installation_settings(struct installation *in, struct live_settings *out, struct err *e);
// How many mails the mail server takes in any hour and any minute; 0: no limit.
void installation_mail_limits(struct installation *in, int *per_hour, int *per_minute);
// A text setting: "mail", "from"; section may be NULL. NULL when it is not set.
const char *installation_text(struct installation *in, const char *section, const char *name);

// Where pages are served when the configuration has a section for them and does not say where.
#define INSTALLATION_LISTEN "127.0.0.1:8080"
// Where pages are when nothing is configured and nothing is real: practice and rehearsals.
#define INSTALLATION_PRACTICE_URL "http://127.0.0.1:8080"
// web.base_url, or `otherwise` when it is not set.
const char *installation_base_url(struct installation *in, const char *otherwise);

// mail.hourly_max: when an event that says nothing of its own goes on hold by itself; 0: not set.
int64_t installation_mails_an_hour_max(struct installation *in);

// Domains to which mails may leave, ended by NULL: `said` ("a.example,b.example"), else mail.only; NULL: all.
// -INPUT when one is no domain.
int installation_only(struct installation *in, const char *said, const char *const **out, struct err *e);

// Secrets are looked for beside this script, too.
void installation_add_script(struct installation *in, const char *script);

int installation_secret(void *installation, const char *name, struct buf *out, struct err *e);
// Reads a file whole, at most 8 MiB; the answer is malloc'd.
int installation_read_file(void *ctx, const char *path, char **data, size_t *len, struct err *e);
