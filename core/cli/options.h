// SPDX-License-Identifier: MIT
// options: every command and every option of `usher`, in one place. The parser, --help and usher.1 come from
// it.
#pragma once

#define COMMANDS(X)                                                                                          \
    X("new", "KIND NAME",                                                                                    \
        "Makes a folder for a new event, to begin with (briefing, series); or --like EVENT NAME: one that "  \
        "is like an event that was, with its rules and without its guests.")                                 \
    X("run", "SCRIPT...", "Runs scripts until it is stopped (SIGTERM: ends what is under way).")             \
    X("rehearse", "[SCRIPT...]",                                                                             \
        "Plays the whole life of a script in virtual time and shows what would be sent; of several as one "  \
        "story. A folder stands for the script in it.")                                                      \
    X("check", "[SCRIPT...]", "Reads scripts and says what is wrong with them; plays and sends nothing.")    \
    X("plan", "SCRIPT",                                                                                      \
        "Shows what changes in people's mailboxes when the changed script takes the place of the one that "  \
        "runs. Exit code: 0 nothing needs an answer, 1 something does, 2 it can't be loaded.")               \
    X("reload", "SCRIPT", "Shows the same, asks, and lets the changed script take its place.")               \
    X("cancel", "EVENT",                                                                                     \
        "Shows what it means, asks, and tells everybody that the event does not take place.")                \
    X("flows", "[TEXT]", "Lists flows, or those whose name or person contains TEXT.")                        \
    X("history", "FLOW",                                                                                     \
        "Shows everything that happened in one flow (a number, RULE/KEY, or NAME RULE), or what was "        \
        "known then (--at).")                                                                                \
    X("why", "[NAME [RULE] | EVENT]",                                                                        \
        "Says in a sentence what a person's mail waits for, or why it ended; without a name, everything "    \
        "that needs a person.")                                                                              \
    X("fork", "FLOW --from STEP --dry-run",                                                                  \
        "Shows what would happen to a flow from one of its steps on (a name, a number), or from --at TIME; " \
        "on "                                                                                                \
        "a changed script with --script.")                                                                   \
    X("retry", "FLOW | EVENT --failed", "Tries what stopped once more, from where it stood.")                \
    X("resend", "RULE NAME",                                                                                 \
        "Sends a person's mail again, as a mail of its own, to the address that they have now (or --to).")   \
    X("who", "[GROUP]", "Lists people with their answers.")                                                  \
    X("answer", "NAME yes|no",                                                                               \
        "Types an answer in for a person who phoned or wrote (ITEM by NAME: who does it).")                  \
    X("ics", "NAME", "Prints the calendar entry that a person has now, as a mail would carry it.")           \
    X("deputy", "NAME DEPUTY ADDRESS|none",                                                                  \
        "Says who comes in a guest's place, or that the guest comes after all.")                             \
    X("hand-over", "FROM TO|none",                                                                           \
        "Hands what somebody who runs the event has (roles, questions, mails to come) to another.")          \
    X("invite-now", "ADDRESS [NAME]", "Sends the link at once to somebody who asks on the day.")             \
    X("attended", "NAME [yes|no]",                                                                           \
        "Says who was there, or was not, whatever the join page and Zoom have counted; with --csv a whole "  \
        "list.")                                                                                             \
    X("attendance", "[EVENT]",                                                                               \
        "Shows who was there and for how long, what does not agree, and who is not known; with --csv it "    \
        "hands in Zoom's participant report.")                                                               \
    X("certificate", "NAME",                                                                                 \
        "Shows a person's certificates with their codes; --revoke withdraws them, --restore takes that "     \
        "back.")                                                                                             \
    X("unsure", "[FLOW sent|again]", "Lists mails whose fate is not known, or settles one.")                 \
    X("import", "FILE",                                                                                      \
        "Merges a list of people (.xlsx or CSV) into the one that the scripts read: shows who is added, "    \
        "changed and gone, and writes it. Of a programme (.txt) it prints what a script says instead.")      \
    X("next", "[EVENT]", "Lists what goes out next: when, and to how many.")                                 \
    X("outbox", "[EVENT [RULE]]",                                                                            \
        "Lists what is to leave and whether it may; of one rule three samples and every name.")              \
    X("approve", "EVENT RULE...", "Says that the mails of these rules may leave (--all: of every one).")     \
    X("disapprove", "EVENT RULE...", "Takes approvals back: what has not left waits again.")                 \
    X("test-mail", "EVENT RULE ADDRESS", "Sends what a guest would get now to ADDRESS, marked as a test.")   \
    X("adopt", "", "Says that a copied or moved database belongs here: shows what is overdue, and asks.")    \
    X("hold", "[EVENT]", "Lets nothing leave any more, of an event or of all, until it is released.")        \
    X("release", "[EVENT]", "Shows what was to leave meanwhile, asks, and lifts the hold.")                  \
    X("report", "EVENT",                                                                                     \
        "Prints what is told of an event afterwards, as one web page (--html FILE); as tables with --csv, "  \
        "--xlsx.")                                                                                           \
    X("log", "[EVENT]", "Shows who did what, newest last.")                                                  \
    X("login", "[ADDRESS]", "Prints a link to the organisers' pages: for ADDRESS, or for the owner.")        \
    X("suppressed", "[ADDRESS add|allow|lift]",                                                              \
        "Lists addresses that get no mail any more, or says what becomes of one.")                           \
    X("export-person", "PERSON",                                                                             \
        "Prints everything that is kept of somebody (a key, an address), in all events, as JSON.")           \
    X("forget", "[EVENT] PERSON | --after SPAN",                                                             \
        "Shows who is meant, asks, and takes everything out that is kept of somebody (a key, an address).")  \
    X("help", "[WORD]", "Explains a command of this program or a word of a script.")                         \
    X("selftest", "determinism|owners [SCRIPT...]",                                                          \
        "Plays scripts twice in two processes and compares every byte; or looks at each moment whether "     \
        "anything is left that nothing would wake.")                                                         \
    X("version", "", "Prints the version.")

// name, kind of value (FLAG: none), default, environment, sentence
#define OPTIONS(X)                                                                                         \
    X("database", FILE, "usher.db", "USHER_DATABASE", "The one file in which everything is kept.")         \
    X("config", FILE, "usher.conf.lua when it is there", "USHER_CONFIG", "Settings of the installation.")  \
    X("outbox", DIR, "outbox", "USHER_OUTBOX", "Folder for mails when no mail server is configured.")      \
    X("zone", ZONE, "", "",                                                                                \
        "new: whose clock the event goes by, as in Asia/Thimphu (else this machine's); attendance: of "    \
        "which place the clock times of the report are (else the event's).")                               \
    X("when", TIME, "", "", "new: when it takes place, as in \"25 Feb 2031 14:00-16:30\".")                \
    X("as-if", MOMENT, "", "",                                                                             \
        "run: practice, with a clock that starts at MOMENT; mails go to the outbox only.")                 \
    X("only", DOMAINS, "", "", "run: mails leave to these domains only (\"moic.example,other.example\").") \
    X("from", MOMENT, "", "", "rehearse: begin at MOMENT instead of now; fork: the step.")                 \
    X("load-at", MOMENT, "a day before its first moment", "",                                              \
        "rehearse: when the next script of a story is loaded. May be there for each of them.")             \
    X("until", MOMENT, "", "", "rehearse: end at MOMENT.")                                                 \
    X("guest", HOW, "accepts", "",                                                                         \
        "rehearse: what guests do: accepts; declines; silent; late (answers, or signs up, the day "        \
        "before); cancels (says yes, then no two days before); no-show (says yes, and is absent); "        \
        "bounces (mail to them comes back). Also \"late 10%, no-show 20%\", and KEY=HOW for one.")         \
    X("down", SPAN, "", "",                                                                                \
        "rehearse: the engine is gone for a while, as in \"2021-02-24 13:00..18:00\", and opened again; "  \
        "says "                                                                                            \
        "what leaves late because of it, and what does not leave. May be there several times.")            \
    X("cancel-at", MOMENT, "", "", "rehearse: the event is cancelled at MOMENT.")                          \
    X("lang", CODE, "", "", "rehearse: as if every guest read this language (dz).")                        \
    X("move", SPAN, "", "",                                                                                \
        "rehearse: at the moment that --at says the event is moved, as in \"+1 day\" or \"-2h\".")         \
    X("approver", HOW, "approves", "", "rehearse: what approvers do: approves or silent.")                 \
    X("person", KEY, "", "",                                                                               \
        "rehearse: print every mail of one person, from first to last, with what they do between.")        \
    X("out", DIR, "", "", "rehearse: write a browsable folder with every mail.")                           \
    X("save", FILE, "", "", "rehearse: keep what left in FILE, to be compared with --diff after an edit.") \
    X("diff", FILE, "", "",                                                                                \
        "rehearse: say what differs from the rehearsal saved in FILE, and play as that one was. "          \
        "Exit code: 0 nothing, 1 something, 2 it can't be played.")                                        \
    X("crash-at", N, "", "", "rehearse: crash at the N-th boundary and go on as after a restart.")         \
    X("crash-everywhere", FLAG, "", "",                                                                    \
        "rehearse: crash at every boundary, one after the other, and compare.")                            \
    X("skip", NAME, "", "",                                                                                \
        "plan, reload, release, adopt: nobody gets this one. May be there several times.")                 \
    X("send", NAME, "", "", "plan, reload: everybody gets this one now. May be there several times.")      \
    X("stay", NAME, "", "", "plan, reload: these go on as before. May be there several times.")            \
    X("pin-all", FLAG, "", "", "plan, reload: all that has begun goes on as before.")                      \
    X("hold", FLAG, "", "", "reload: what needs an answer is held until there is one.")                    \
    X("end-gone", FLAG, "", "", "plan, reload: what the script no longer starts comes to its end.")        \
    X("yes", FLAG, "", "", "reload, release, adopt, retry, cancel, forget: do it without asking.")         \
    X("watch", FLAG, "", "",                                                                               \
        "run: when a script or one of its files is saved, let the organisers decide about it. plan: show " \
        "the plan at every save.")                                                                         \
    X("answers", JSON, "", "", "plan, reload: all answers at once, as the organisers' page gives them.")   \
    X("propose", FLAG, "", "", "plan: let the organisers decide, on their page.")                          \
    X("note", TEXT, "", "", "answer: how it came (phone, mail); hold, cancel: why.")                       \
    X("by", NAME, "the login name", "USER", "answer, approve, unsure ...: who says so.")                   \
    X("all", FLAG, "", "", "approve, disapprove: every rule that it could be said of.")                    \
    X("as", NAME, "the first of the list", "", "test-mail: as whose mail it is written.")                  \
    X("like", EVENT, "", "", "new: the event, or the folder of one, whose rules are taken over.")          \
    X("with-guests", FLAG, "", "", "new: with --like, take the lists of guests over, too.")                \
    X("after", SPAN, "", "",                                                                               \
        "forget: everybody of the events that ended longer ago than this (12mo); counts stay.")            \
    X("lists", FLAG, "", "", "forget: take their rows out of the lists beside the scripts, too.")          \
    X("edition", WORD, "", "",                                                                             \
        "plan, reload: the event moves by days. new: its reminders go out once more, and whoever comes "   \
        "is asked again; same: only the new time is told.")                                                \
    X("into", FILE, "guests.csv", "", "import: the list that the scripts read, a CSV file.")               \
    X("sheet", NAME, "the first that is visible", "", "import: which sheet of an .xlsx file.")             \
    X("dry", FLAG, "", "", "import: only say what would change.")                                          \
    X("drop-gone", FLAG, "", "", "import: whoever is not in FILE any more is taken out.")                  \
    X("dry-run", FLAG, "", "", "fork: said so that nobody takes it for more than a look.")                 \
    X("script", FILE, "", "", "fork: on this script instead of the one that it is on.")                    \
    X("at", TIME, "", "", "history, fork: at that time; rehearse: when --move moves the event.")           \
    X("pinned", FLAG, "", "", "flows: those that stay on an older version of the script.")                 \
    X("failed", FLAG, "", "", "retry: everything of the event that stopped.")                              \
    X("csv", FILE, "", "",                                                                                 \
        "attendance: Zoom's participant report; attended: a list with a column key, mail or name, and "    \
        "perhaps one that says yes or no (present); report: a folder, for the tables.")                    \
    X("session", ID, "", "",                                                                               \
        "attendance, attended: which session of a series; else the one that is on, or was last.")          \
    X("participant", NAME, "", "", "attendance: who is meant, of those that nobody knows.")                \
    X("is", PERSON, "", "", "attendance: who that participant is: a name, a key, or nobody.")              \
    X("revoke", FLAG, "", "", "certificate: it is not valid any more, and its code says so.")              \
    X("restore", FLAG, "", "", "certificate: it is valid again.")                                          \
    X("to", ADDRESS, "", "", "resend: another address than the person's.")                                 \
    X("html", FILE, "", "", "report: write the page into FILE.")                                           \
    X("xlsx", FILE, "", "", "report: write the tables into FILE, for Excel.")                              \
    X("event", ID, "", "", "Only this event.")                                                             \
    X("json", FLAG, "", "", "Print JSON for programs.")                                                    \
    X("verbose", FLAG, "", "", "Log more.")                                                                \
    X("quiet", FLAG, "", "", "Log errors only.")                                                           \
    X("help", FLAG, "", "", "Show this.")

struct options; // a parsed command line

// Parses; NULL after it has said on stderr what is wrong (usage: exit code 2).
struct options *options_parse(int argc, char **argv);
void options_free(struct options *o);
const char *options_command(const struct options *o); // NULL: none
// The value of an option, from the line or the environment; NULL when it is not set. FLAG: "yes".
const char *option(const struct options *o, const char *name);
// Every value of an option that may be there several times, with the separator between; NULL: it is not
// there. The caller frees it.
char *option_joined(const struct options *o, const char *name, const char *separator);
int options_arguments(const struct options *o, const char *const **out);
void options_print_help(const char *command); // NULL: of everything
int options_has_command(const char *word);    // nonzero: there is a command of this name
