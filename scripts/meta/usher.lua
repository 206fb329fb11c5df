-- Written by tools/apidoc.lua from the blocks above the functions: change them there.
---@meta

usher = {}
---@overload fun(name, options): any
usher.book = {}
usher.http = {}
usher.json = {}
usher.link = {}
usher.time = {}

---Says what takes place. `when` is a date, a time from-to and a zone; its weekday is checked. An event of
---several dates says  zone = "Asia/Thimphu"  instead, and  series { ... }  follows. organisers and host are
---keys of people. Further: reply_to, holidays, language ("en"), weekend ({ "sat", "sun" }), alarm
---("15 minutes": calendar entries ring so long before the start; without it they do not), digits ("own":
---dates have the digits of the reader's language, where it has some; else "latin"), recording (its address:
---guests find it on their page when the event is over), attended ("60 minutes", or "half" of each session:
---whoever Zoom has seen for less than that was not there; without it any time counts), approver (a key of
---people or a list of them: the first mail of each rule waits until one of them has approved it; see usher
---outbox), mails_an_hour (when more mails would leave within an hour, the event goes on hold by itself;
---without it two for each guest, each assistant, each of the people and each seat, at least 100).
---
---@param name string
---@return fun(options: table): any
function event(name) end

---Stands in for a secret that is kept outside the script, in the environment as USHER_SECRET_NAME or in the
---secrets folder. The value is put in where a mail leaves; it is an error when there is none.
---
---@return any
function secret(text) end

---The text of a file beside the script. It is part of the script's version: editing it is an edit.
---
---@return any
function file(text) end

---Says who runs the event: a CSV or .xlsx file (or a Lua list) with the columns key, name, salutation,
---title, role (speaker, organiser, host; owner, approver, viewer), mail, zone and language. All problems
---of a file are listed together.
---
function people(text) end

---Says who is asked to come: a CSV or .xlsx file (or a Lua list) with the columns key, name, salutation,
---title, group, mail, assistant, zone and language. A further column is a placeholder of its name in mails.
---Of an .xlsx file the first visible sheet is read, or the one that is named: guests { file = "g.xlsx",
---sheet = "Guests" }. All problems of a file are listed together, with their rows. Or whoever said in a form
---of an earlier event that they would like to hear of it: guests { interested_in = "hlb-2021/trainings",
---choice = "Data protection", file = "interested.csv" }: those in the form "trainings" of "hlb-2021" in the
---same database who chose that (choice: a text, or a list of them; without it: all); when the database knows
---no such event, those of the file. Whoever takes the wish back gets no more mail.
---
function guests(text) end

---Says which groups of guests there are, before `guests`: then a group that is not one of these is an error.
---Without this word the groups are those that the guest list names.
---
function groups(options) end

---Says which days are not worked: a list that comes with usher (country and year) or a file beside the
---script, for the event's own zone. { Seoul = "kr 2021", Manila = "ph 2021" } gives each zone its own.
---
function holidays(text) end

---Says the order of the day: a table pasted from a document, or a list of { "14:00-14:05", "Title", by =
---"key" } with section = "..." where wanted. An item without a time keeps its place in the order. Names of
---people are found in the text.
---
function programme(text) end

---@type any
invited = nil

---@type any
not_answered = nil

---@type any
coming = nil

---@type any
declined = nil

---@type any
waiting = nil

---@type any
present = nil

---@type any
absent = nil

---@type any
answered = nil

---@type any
interested = nil

---@type any
passed = nil

---@type any
speakers = nil

---@type any
host = nil

---@type any
organisers = nil

---Declares a mail. to: an audience, a person's key or a list of them. at: a phrase ("3 working days
---before, 10:00", "30 minutes before", "at the end"). zone: whose clock ("theirs", a zone; else the
---event's). text or file: Markdown with {placeholders}, or one for each language { en = , dz = }. late:
---until when it is of use ("until start", "until end", "within 2h", "always", "never"). unsure: what to
---do when nobody knows whether it went out ("resend", "ask", "leave"); once = true: never twice, a
---person is asked. each_session: in a series, for each session (true) or once (false); else as its
---audience has it. missed = "each": not only the latest of several overdue. attach: files, "calendar"
---(the entry for the guest's calendar; an update when something has changed) or "cancellation" (takes it
---out again). via: how it goes out: "mail", "sms", "telegram", "chat" or a list of them (those that the
---script has said above); short: what goes by others than mail, else the subject. catch_up: also when
---the rule is newer than its moment. was: the name that the rule had before, so that whoever has got it
---does not get it again. from, reply_to: not the event's. approve = false: it waits for no approver (of
---an event that has one). Mails of these names go out by themselves, and take subject, text, file,
---attach, from, reply_to, approve = true (the first waits, too) or off = true only: confirmation (after
---a yes), withdrawn (after a no that was a yes), deputy, deputy-sent, deputy-ended, deputy-declined,
---deputy-news (to the organisers), live-link, new-time (the event or a session has moved, and was
---{before}), session-off (one session of a series does not take place), cancelled (usher cancel; {note}
---is why).
---
---@param name string
---@return fun(options: table): any
function mail(name) end

---Declares a cue: a mail to each person of each timed item of the programme, by the item's clock. It knows
---the placeholders {item}, {item_when}, {item_next} and {minutes} besides those of mails. Options: at, zone,
---late, subject, text, from, reply_to, approve, via and short, as in mail.
---
---@param name string
---@return fun(options: table): any
function cue(name) end

---Declares one ready-made cue for each phrase of the list, named "cue-1", "cue-2" and so on.
---
function cues(options) end

---Says what the event is for. Mails show them as {objectives}.
---
function objectives(options) end

---Says who may send questions to the speakers, from when until when and how many. Without this word the
---box is there all the same: for every guest, from the first day until an hour after the end, five from
---each. Its link in mails is {ask_link}.
---
function question_box(options) end

---Says that two surveys ask the same ratings, before and after: then the results of the second one and the
---report show how each has shifted. Each rating of the first must be in the second, on the same scale. The
---first may be "signup": what whoever signed up was asked. Where both are with names, it is about those who
---have answered both times; else about all who answered each time. Fewer than five are not shown. It stands
---below both. Errors: no survey of that name; a rating that only the first asks, or on another scale.
---
function compare(options) end

---Gives everybody of an audience a certificate: a mail with a PDF, a page of their own that prints it, and a
---code with which anybody who was shown it can see on a public page that it is genuine. to: passed, present,
---or any audience. at: when, "2 working days after, 10:00" if nothing is said. title: what stands on top
---("Certificate of participation"); text: the line between the name and the event's title ("took part in");
---both with {placeholders}, and for each language if wanted. signed_by: a name with an office below it, or
---two: "Karma Dorji\nDirector". logo, signature: pictures (PNG) beside the script. minutes = true: also how
---many minutes, where something tells them. attach = false: only the link. correct: how long after the mail
---guests can still correct their name ("14 days"; false: not at all). mail = { subject =, text =, file = }:
---other words for the mail, with {certificate}, the link to the page. name: of the rule, when there are two
---of them. from, reply_to, zone, late, approve, was: as in mail.
---Guests confirm or correct the spelling of their name on the page behind {certificate}, which any mail may
---have: put the certificate above it.
---
function certificate(options) end

---A room of Slack, Teams or Mattermost as a way to reach people: mail and cue rules name it as via = "chat".
---hook: the address of the room's incoming webhook; whoever knows it may write there, so it is a secret.
---kind: "slack", "teams" or "mattermost".
---
---@return any
function chat(options) end

---A form, with names, in which people say what they would like to hear of: what they choose, and that their
---name and address may be kept for it (purpose: for what). Whoever sends it is in the audience
---interested.trainings, until they take it back, and on the guest list of what comes next (see guests).
---choose: what there is; text: a question that is answered in words; ask: further questions.
---opens ("at the end"), closes ("10 working days after, 17:00"). A mail with the link goes at `at` ("1
---working day after, 14:00": after it opens) to whoever has not come by it on the last page of a survey;
---quiet = true: no mail. nudges as in survey. title, intro; subject, file, from, reply_to, approve of
---the mails.
---
---@param name string
---@return fun(options: table): any
function interest(name) end

---A question of a form that is answered with a line of text; text "..." { long = true } with several lines,
---{ required = true }: not without an answer. A question in several languages: text { en = "Your office",
---dz = "..." }.
---
---@return any
function text(text) end

---A question that is answered with one of the texts; several = true: with as many as one likes. required =
---true: not without an answer. A text may be one for each language: { en = "Without", dz = "..." }; then
---the question goes into brackets: choice({ en = "Lunch", dz = "..." }) { ... }.
---
---@param name string
---@return fun(options: table): any
function choice(name) end

---A question that is answered with a number from 1 to 5. rating "..." { "nothing", "a lot" } says what the
---ends mean; from = 0, to = 10 are other ends; required = true: not without an answer.
---
---@return any
function rating(text) end

---Several ratings of one kind: each row is answered with a number from 1 to 5. low, high: what the ends
---mean; from = 0, to = 10: other ends.
---
---@param name string
---@return fun(options: table): any
function matrix(name) end

---A question that is answered with yes or no.
---
---@return any
function yes_no(text) end

---Mails what is told of the event afterwards, as one page that needs nothing else: who was invited, answered
---and came, by group and by session, what the surveys let go, interest, open questions, what became of the
---mails. It names no guest. to (organisers), at ("10 working days after, 09:00"), zone ("theirs": each gets
---it by their own clock). tables = "xlsx" or "csv": with the tables for spreadsheets, which have names. The
---rest is as in mail; {report} in a text is who said what and how many came. A second one has a name: report
---"interim" { at = ... }. usher report prints the same. Errors: a guest among those who get it.
---
function report(options) end

---Says that the event takes place several times, by one set of rules. every: weekdays and a time from-to
---("Tuesday and Thursday 10:00-12:00", "other Friday 9:00-12:00", "first Monday of the month 14:00-15:00",
---"working day 9:00-10:00"); sessions: how many are held. Dates on which nobody works (holidays, above) are
---left out and made up for at the end, unless skip = "nothing"; except lists further dates. Instead of
---every: dates, a list ("Tue 6 Apr 2021 14:00-16:00"), or rrule, a rule of RFC 5545 with from = "6 Apr 2021
---14:00-16:00", where COUNT counts what is left out as well. titles: one for each session. pass: who has
---passed, "5 of 6" or "all" (the audience `passed`). choice = "some": guests say to which they come.
---Rules whose audience depends on the session (coming, present, absent, speakers, host, organisers) hold for
---each; others, and those that say each_session = false, once for the whole series.
---
function series(options) end

---Changes one session of the series, below `series`: another date ("Thu 22 Apr 2021 14:00-16:00"), its
---title, its place, who speaks at it (keys of people: the audience `speakers` of that session), or off =
---true: it does not take place, and whoever has heard of it is told so. With a name that is no session's it
---adds one: makes_up = "any", or the number of the session that it makes up for. Whoever was at it counts as
---having been at one that they missed.
---
---@param name string
---@return fun(options: table): any
function session(name) end

---Lets people sign up on a page, whose address is /signup/ and the event's id ({signup_page} in mails).
---It stands above the first rule. Who signs up has a page of their own, is told by mail how it stands, and
---is in one of the audiences `coming`, `waiting` and `declined`. All of these may be left out:
---  seats      how many, or how many for each group: { Teachers = 10, free = 5 }, the free ones for all
---  groups     what to choose from: { "Teachers", "Students" }
---  waitlist   false: who finds no seat can't sign up; else they wait, in the order of arrival
---  offer      how long a seat that came free is kept for who is next ("2 days")
---  opens, closes   phrases as in `at`; it closes when the event begins
---  ask        questions: { "Your office", choice "Lunch" { "Rice", "Red rice" }, yes_no "First time?" }
---  confirm    false: counts without the link in the mail, for forms that strangers do not see
---  intro      a text above the form
---  zones, languages   what people choose from
---  limit      how many forms come in from one network in an hour (100); false: as many as like
---  mails      other texts for check, seat, waiting, offer, expired, cancelled or known:
---             { seat = { subject = "...", text = "..." } }
---
function signup(options) end

---Text messages as a way to reach people: mail and cue rules name it as via = "sms", or via = { "mail",
---"sms" }. They go to the column phone of a list, a number with its country: +975 17 12 34 56. url:
---where the gateway takes them; json, form (a table each) or body: what it wants, with {to} and {text}
---in it; headers: a table; method: "POST" (else "GET" or "PUT"). A key of yours is a `secret "NAME"`.
---parts: how many SMS one text may take (3): what is longer is cut.
---
---@return any
function sms(options) end

---Asks people a few questions. to: an audience. ask: questions (text, choice, rating, matrix, yes_no), and
---`objectives` for one rating of each. anonymous = true: nobody can tell who answered what, and answers are
---final. opens ("at the end"), closes ("5 working days after, 17:00"). A mail goes out when it opens, and
---nudges = { "1 working day after, 10:00", "on the last day, 10:00" } to whoever has not answered: "after"
---counts from the opening, "before the end" from the closing. before = { opens = , closes = }: the
---objectives are asked before the event, too. by_group: results for each group. url: it is on another site,
---whose address has {token} in it; hook = secret "NAME": that site tells by a webhook who has answered.
---title, intro; subject, text or file, from, reply_to of the mail, as in mail; approve of all its mails.
---
---@param name string
---@return fun(options: table): any
function survey(name) end

---A bot of Telegram as a way to reach people: mail and cue rules name it as via = "telegram". bot: the
---token that @BotFather gave; chat: the number of the room, or "@name" of a public channel. Whoever has
---a number in the column telegram of a list is written to there; without chat only they are. api:
---Telegram's address, where it is another.
---
---@return any
function telegram(options) end

---Says that an item has nobody yet, and whom to ask: by mail at `at` ("7 working days before, 10:00") and
---again at the deadline ("1 working day before, 10:00"). Until then the programme says "to be announced".
---Whoever is named by  usher answer "Closing remarks" by NAME  gets the cue.
---
---@param name string
---@return fun(options: table): any
function undecided(name) end

---Takes a file of rules: "briefing" (counted in working days), "briefing-calendar-days", or a file of your
---own beside the script. except: rules that are left out, perhaps because the script writes its own.
---
function use(briefing, options) end

---A meeting on Zoom, for the event's or a session's `where`. A link may be `secret "NAME"`: then it
---stands neither in the script nor in the database. With rights at Zoom (docs/zoom.md) usher does more:
---create = true: it makes the meeting, and changes it when the date moves; or id = "945 1234 5678": it looks
---that meeting up. registrants = true: each person has a link of their own. report = false: it does not ask
---Zoom afterwards who was there. host: the mail address of the Zoom user whose meeting it is (else the
---account's owner). The rights are the secrets ZOOM_ACCOUNT, ZOOM_CLIENT and ZOOM_SECRET; others are said as
---account =, client = and secret = secret "NAME". api, token: Zoom's addresses, where they are others.
---webhook = secret "NAME": the secret token with which Zoom signs what it tells at /zoom/webhook about who
---comes and leaves.
---
---@return any
function zoom(options) end

---Names the event that this script is about. `about` holds id (text; default: the file's name), title
---(text), zone (text, an IANA name), zones (list of { name = , zone = }: the audiences whose local time a
---rehearsal shows), mails_an_hour_max (when more mails would leave within an hour, the event goes on hold by
---itself; default 1000, or mail.hourly_max of the installation), hands_on (name of a list -> what is said of
---it: lists of people that later events read with usher.handed). At most once in a script. Errors: a second
---call; an unknown option.
---
function usher.describe(about) end

---Declares a flow: fn(input) is its whole life and may wait for weeks. What it returns is the flow's result.
---options.was: the name that it had in the version before, so that those that live are known under the new
---one. Errors: two flows of one name; a call anywhere but at the top level.
---
function usher.flow(name, fn, options) end

---Declares a handler: fn(request) -> reply. It runs to its end in one turn, so everything it changes (books,
---signals, starts) is one transaction, and the reply leaves when that is on disk. Commands and pages call
---it. The handler "incoming" gets each mail that comes into the configured mailbox, { kind = "reply",
---"report", "calendar", "unsubscribe" or "automatic", from, subject, text, sent = the mail of ours that it
---is about, ... }; what it returns, when it is not nil, takes the mail, and no other event is asked.
---options.look: fn(request) -> { name = { ask = "pending" } }, lists of the database that come as
---request.seen.name, as in usher.http.route; such a handler is called with a table, looks, and changes
---nothing. Errors: two handlers of one name; a call anywhere but at the top level.
---
function usher.on(name, fn, options) end

---Calls fn() once the whole top level has run: the place to check what was said and to start its flows.
---Errors: a second call.
---
function usher.at_end(fn) end

---Declares recurring work. The first value is its name; `flow` names the flow that each occurrence starts,
---with { nominal = ms, missed = how many missed ones this run stands for, itself included; 0 when it is on
---time } as its input. When: every ("15 minutes", "day 09:00", "weekday 09:00", "monday 09:00") or cron
---(five fields), in zone (IANA name). missed: "latest" (one run for all that were missed, the default),
---"none", "each". late: a duration after which an occurrence counts as missed. overlap: "skip" (default),
---"queue", "replace". Changing the expression never reaches back. Errors: both or neither of every and cron;
---an unknown zone; an expression that never fires.
---
function usher.schedule(options) end

---Lets this flow wait, across restarts. duration: text such as "2h", "30 minutes", "2 days" (a day is 24
---hours here); name: what people read, optional. Errors: a duration that is no duration, or longer than ten
---years.
---
function usher.sleep(duration, name) end

---Waits for a moment (a table from usher.time, or milliseconds since 1970). When the flow comes to it later
---than options.late allows, it answers false and why; that is kept, and nothing decides it anew. late:
---"always" (default), "never", "within 2h" or a moment. What the flow sends after it is tried until that
---limit and no longer, up to the next thing that it waits for. options.was: its name in the version before.
---Errors: no moment; an unknown word for late.
---
---@return any
function usher.due(name, moment, options) end

---Waits for the first of several: members maps a name of yours to { signal = "rsvp" } (an answer from
---outside), { after = "2 days" } (a duration from now) or { at = moment }. Comes back with the name that
---won, and the answer. After downtime the earliest in time wins: an answer at 11:59 beats a deadline at
---12:00. Errors: a member that names none of the three.
---
---@return any
function usher.first(name, members) end

---Waits for an answer from outside of that name. options.timeout (a duration) or options.deadline (a moment)
---end the waiting with nil. An answer that came before this call counts. Errors: both timeout and deadline.
---
---@return any
function usher.wait(signal, options) end

---Runs fn(...) once and keeps what it returns: later, and after any restart, the kept answer is handed out
---and fn is not called. The only way for a flow to look at books; what fn changes in them is committed
---together with the answer. fn may not wait. Errors: whatever fn raises; an answer that can't be kept (a
---function, a cycle).
---
---@return any
function usher.decide(name, fn, ...) end

---Starts a flow, unless one of that name and key is there already. options.key (text: whose flow it is),
---options.input (what its function gets), options.label (how people call it). At the top level it declares
---that the flow must exist. Errors: a flow name that the script does not have; a missing key.
---
function usher.start(flow, options) end

---Tells another flow something: it comes out of that flow's usher.wait(name). A flow that has not begun yet
---finds it waiting. options.dedup (text): the same text twice counts once. Errors: a value that can't be
---kept.
---
function usher.signal(flow, key, name, value, options) end

---Takes back a mail of that flow that has not left yet: it waits for room, or to be tried again. There
---usher.mail comes back with { sent = false, why = why }. A mail that is on its way goes on, and one that is
---asked for later is not meant. Errors: a use elsewhere than in usher.decide, handlers and POST routes.
---
function usher.recall(flow, key, why) end

---Begins a branch: fn(...) goes on beside this code, in the same flow. The flow ends when all its branches
---have. An error in a branch is raised by usher.join, or fails the flow. Errors: more than 1,000 branches.
---
---@return any
function usher.spawn(name, fn, ...) end

---Waits until the branches have ended: all results of one branch, or the first result of each of several.
---Raises what a branch raised.
---
---@return any
function usher.join(branch, ...) end

---A branch fn(item) for every item, known by options.by (the name of a field, or a function of the item) and
---never by its place, so a list may grow or change its order. options.max: how many go on at once (default
---1,000). Waits until all have ended; raises what one raised. Errors: an item without that field; two items
---with one key.
---
function usher.each(list, options, fn) end

---Sends one mail to one person, and goes on when its fate is known. The first value is the step's name. to,
---from, reply_to: `Name <address>`; subject; text: Markdown, sent as text and as HTML (html = false: text
---only); cc: list of addresses to show; attach: list of { name = , type = , data = }. Instead of data: call
---= the name of a handler and with = a table for it (it is called when the mail leaves and answers { data =
---} or { none = true }, and nothing of that is kept); or certificate = { title = , name = , ... }
---(core/pdf/certificate.h), a page that is drawn when the mail leaves. headers: map (each mail says
---Auto-Submitted: auto-generated unless they say otherwise); lang; zone: whose clock the Date header shows
---(default UTC). as: whose mail it is (the person's key: part of the step's identity, unlike the address).
---was: the name that this mail had in the version before. unsure: what happens when a crash or a lost
---connection leaves open whether it went out: "ask" a person (default), "resend" it with the same
---Message-ID, or "leave" it. give_up: moment after which it is no longer tried (default: the limit of the
---usher.due before it, else three days). sender: who hears of a bounce, "<>" for nobody (default: an address
---of this mail's own when mail.bounces is configured, else from). unsubscribe = { link = , purpose = }: the
---headers by which mail programs unsubscribe. about: a table for transcripts. approval = { rule = , hash = ,
---why = }: the mail waits until the event's book "approvals" has under that rule a table with that hash; why
---says in a sentence for whose word it waits. Comes back with { sent = true, reply = } or { sent = false,
---why = , unsure = }.
---Errors: an address that is none; a line break in an address or a subject.
---
---@return any
function usher.mail(options) end

---Asks another server by GET. The first value is the step's name (default: method and path). url: https or
---http; headers: map; timeout: a duration for the whole exchange (default 30 s); as: part of the step's
---identity; was: its name in the version before; give_up: a moment; unsure: as in usher.mail (default
---"resend", with an Idempotency-Key); repeatable = false: without that key, for servers that do not know it,
---so what a POST may have done already is not asked again by itself; oauth: { token = URL, client = , secret
---= usher.secret(NAME), form = { grant_type = ... } }: the request shows a token of OAuth 2.0, which usher
---fetches there, keeps in memory only and renews; about and approval: as in usher.mail; to: whom the request
---reaches, when it is a message to somebody: then it leaves neither for practice nor where only some mails
---may (mail.only); rehearse: { status = , json = or body = }, the answer in a rehearsal. Comes back with
---{ status = , headers = , body = , json = } or { status = 0, why = }, with unsure = true when nobody knows
---whether it was done. 408, 425, 429 and 5xx are tried again. Addresses inside the own network are refused
---unless the configuration allows them. Errors: an unknown option; a secret of oauth that the script shows.
---
---@return any
function usher.http.get(options) end

---Like usher.http.get, by POST: json (any value) or body (text) is what is sent. The Idempotency-Key header,
---the same in every attempt, lets the other server do it once. Errors: both json and body.
---
---@return any
function usher.http.post(options) end

---Like usher.http.post, by PUT. Errors: both json and body.
---
---@return any
function usher.http.put(options) end

---Like usher.http.post, by PATCH. Errors: both json and body.
---
---@return any
function usher.http.patch(options) end

---Like usher.http.get, by DELETE. Errors: an unknown option.
---
---@return any
function usher.http.delete(options) end

---The value kept under that key; write it answers:get("P1"). Errors: a use outside decide and handlers.
---
---@return any
function usher.book.get(book, key) end

---Whether something is kept under that key. Errors: a use outside decide and handlers.
---
---@return any
function usher.book.has(book, key) end

---Keeps a value under that key, in the same transaction as all else that this decision or handler changes.
---Errors: a value that can't be kept; a key longer than 256 bytes; the event's books are full (64 MiB).
---
function usher.book.set(book, key, value) end

---Forgets what is kept under that key. Errors: a use outside decide and handlers.
---
function usher.book.remove(book, key) end

---How many keys the book has. Errors: a use outside decide and handlers.
---
---@return any
function usher.book.count(book) end

---For a loop over keys and values, sorted by key. Errors: a use outside decide and handlers.
---
---@return any
function usher.book.each(book) end

---That field of every entry that has it: key -> value. For books of thousands of which a page counts one
---thing: it takes a tenth of the time of book:each. Errors: a use outside decide and handlers.
---
---@return any
function usher.book.column(book, field) end

---The content of a file beside the script; it is part of the script's version. Only at the top level.
---Errors: no such file; a name that leaves the folder; more than 8 MiB.
---
---@return any
function usher.file(name) end

---A file that usher brings along, such as the holidays of a country. Only at the top level. Errors: usher
---brings no such file.
---
---@return any
function usher.shipped(name) end

---A list of people that another event of this database hands on: about is what that event says of the list
---(hands_on of usher.describe), people a table of key -> what stands there of the person: what the event
---keeps in the shared book "handed on" under "EVENT/LIST/KEY". It is part of the script's version, as a file
---is. nil: this database knows no such event. Only at the top level. Errors: the event hands on no such
---list; more than 8 MiB.
---
---@return any
function usher.handed(event, list) end

---A stand-in for a secret, safe to print and to keep: the value itself (from the environment, a file or the
---service manager) is put in only where a mail or a request leaves. Only at the top level. Errors: the
---secret is not there: the sentence says where it was looked for.
---
---@return any
function usher.secret(name) end

---Whether this is a rehearsal, and what it was told: guests, what they do (--guest), as { mix = list of
---{ how = "late", share = 10 } (of a hundred), people = { P0042 = "declines" } }; language, which one they
---read (--lang); approver: "silent" (--approver); moved: by how much the event is by now (--move); several:
---it is one of several scripts that are rehearsed as one story. Only at the top level and in handlers: a
---flow must not know. Errors: a use in a flow.
---
---@return any
function usher.rehearsing() end

---Whether usher runs for practice, with a shifted clock (--as-if). Only in handlers and routes. Errors: a
---use elsewhere.
---
---@return any
function usher.practising() end

---The sender that the installation's configuration names for mails (mail.from), if it does.
---Errors: none.
---
---@return any
function usher.sender() end

---The moment of a wall time ("2021-02-25 14:00") in a zone ("Asia/Thimphu"). options.clock ("earlier" or
---"later") says which one when the clock skips that time or shows it twice. Errors: a time that does not
---exist or happens twice, with both readings; an unknown zone.
---
---@return any
function usher.time.at(wall, zone, options) end

---Reads the time of an event: "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", "2021-02-25 14:00". Two moments;
---ends is nil when the text has none. zone is taken when the text names none. A weekday is checked. Errors:
---"25 Feb 2021 is a Thu, not a Fri"; dates that can be read in two ways, such as 25/02/2021.
---
---@return any
function usher.time.parse(text, zone) end

---The moment that a phrase means for an event: "3 working days before, 09:00", "30 minutes before", "2h
---after end", "the Monday after, 10:00", "at the end", or a date of its own. event holds starts and ends
---(moments), weekend (list of days, default sat and sun), holidays (list of dates and ranges, a file's text,
---or the name of a list that comes with usher, "bt 2021") and zone (where a clock time is read instead of in
---the event's). Errors: a word that can't be read, with its column; a "before" that does not fall before its
---anchor.
---
---@return any
function usher.time.phrase(phrase, event) end

---Moves a moment by a span: "2h" is exact; "3 days", "-1 month", "2 working days" move the date and keep the
---clock. work holds weekend and holidays for working days, as in usher.time.phrase. Errors: a bare number as
---moment (which zone's day?); a span that can't be read.
---
---@return any
function usher.time.shift(moment, span, work) end

---An exact span as milliseconds: "90 min", "1h30m". Days have no fixed length: write 24h. Errors: a calendar
---span ("3 days"); a text that can't be read.
---
---@return any
function usher.time.span(text) end

---A length of time for people: "1 h 30 min", "2 days 3 h". Only the largest units.
---
---@return any
function usher.time.span_text(milliseconds) end

---What calendar and clock show: year, month, day, hour, min, sec (numbers), weekday ("thu"), offset (seconds
---east of UTC), place ("Thimphu"). moment may be a number of milliseconds; zone is then needed.
---
---@return any
function usher.time.parts(moment, zone) end

---Writes a moment (or milliseconds) as people of a zone read it; zone nil means the moment's own. The
---pattern's words: %a Thu, %A Thursday, %d 05, %e 5, %b Feb, %B February, %m 02, %Y 2021, %y 21, %H %M %S,
---%z UTC+6, %P the place ("Thimphu"), %% a percent sign. There is no abbreviation: Manila's is PST. Errors:
---an unknown word after %.
---
---@return any
function usher.time.format(moment, zone, pattern) end

---Checks the name of a zone and gives it back. Errors: unknown time zone "Asia/Thimpu" (did you mean
---Asia/Thimphu?); abbreviations such as BTT or GMT+6.
---
---@return any
function usher.time.zone(name) end

---What a calendar file has to say about a zone: the offset that holds at `from` and each that begins until
---`to` (moments or milliseconds). Each is { utc = when it begins, onset = what the clock that ends then
---shows, before = , offset = (seconds east of UTC), is_dst = , abbr = , rule = "FREQ=YEARLY;..." }; utc and
---onset are missing when it has no beginning, rule when no such rule tells all later years. Errors: more
---than 200 of them.
---
---@return any
function usher.time.observances(zone, from, to) end

---Whether people work on a date ("2021-02-24"). why is "weekend" or "holiday" when they don't, name is the
---holiday's. work holds weekend and holidays, as in usher.time.phrase.
---
---@return any
function usher.time.working(date, work) end

---The release of the zone files: "2026b".
---
---@return any
function usher.time.release() end

---The moments of a recurrence rule (RFC 5545): series holds starts (moment), rule
---("FREQ=WEEKLY;BYDAY=TU;COUNT=6"), except (list of dates or wall times to leave out), extra (wall times to
---add), limit (default 100, at most 1000). except shortens a rule with COUNT, as the RFC says. Errors: a
---rule that the RFC does not allow, with its column; a rule that no date matches.
---
---@return any
function usher.time.rrule(series) end

---The next firings as milliseconds: schedule holds expr ("0 9 * * MON-FRI") or every ("weekday 09:00", "15
---minutes"), zone, after (moment or milliseconds: the first one is strictly later), limit (default 100).
---Errors: an expression that can't be read; one that never fires.
---
---@return any
function usher.time.cron(schedule) end

---Writes a value as JSON, the same bytes for the same value. A table with the keys 1 to n becomes an array,
---any other an object; an empty one is {} unless usher.json.array made it.
---
---@return any
function usher.json.encode(value) end

---Reads JSON strictly. Arrays stay arrays when they are empty, and null is usher.json.null; whole numbers
---stay exact. An error says the line and column.
---
---@return any
function usher.json.decode(text) end

---Marks a table as an array, so that it is written as [] even when it is empty.
---
---@return any
function usher.json.array(table) end

---@type any
usher.json.null = nil

---A line in the program's log; silent while a flow only catches up with what it did before. Errors: none.
---
function usher.log(text) end

---How people see this flow in `usher flows`: what it is about now. Errors: a use outside a flow.
---
function usher.status(text) end

---The time, in milliseconds since 1970 (UTC). In a flow it is the stamp of the last thing that the flow
---learned, so it is the same after a restart. Errors: none.
---
---@return any
function usher.now() end

---Which flow this is. Errors: a use outside a flow.
---
---@return any
function usher.self() end

---A number from low to high that this flow always gets for that name. Errors: low above high.
---
---@return any
function usher.random(name, low, high) end

---A UUID that this flow always gets for that name. Errors: a use outside a flow.
---
---@return any
function usher.uuid(name) end

---22 letters, digits, - and _ that nobody can guess and that this flow always gets for that name. Errors: a
---use outside a flow.
---
---@return any
function usher.token(name) end

---Keeps a picture (the bytes of a PNG, as usher.file gives them) for certificates, and says under which name
---a certificate asks for it as its logo or signature. Only at the top level. Errors: it is no PNG; it has
---more than 512 KiB, or a side of more than 4,000 pixels.
---
---@return any
function usher.picture(png) end

---A QR code for a page: path is that of an SVG, black on nothing, within size by size units, of which four
---are free on each side. nil where usher has no part for that (usher.parts). Only in handlers and routes.
---Errors: a text with more than 300 bytes.
---
---@return any
function usher.qr(text) end

---Asks the program that usher is part of to do something; kind is what that program calls it. The first
---value of options is the step's name; args: any data, given to the program; as: part of the step's
---identity; unsure: as in usher.mail (default "resend"); give_up: a moment. Comes back with what the program
---answers, or { sent = false, why = }. The program `usher` itself brings no effects. Errors: args that can't
---be kept.
---
---@return any
function usher.effect(kind, options) end

---Puts this event on hold: no mail of it leaves, nor a request that may change something elsewhere, also
---those that wait for their turn or are tried again. Moments pass and answers come in as before. who, and
---why (or nil), stand in the sentence that each held mail says of itself. False: it was on hold already.
---Errors: a use outside handlers.
---
---@return any
function usher.hold(who, why) end

---Lifts the hold of this event: what was held leaves, unless another reason is left or it is too late.
---False: it was not on hold by itself. A hold on everything is lifted by whoever keeps the machine. Errors:
---a use outside handlers.
---
---@return any
function usher.release(who) end

---What keeps mails of this event from leaving: a table, empty when nothing does. away = the sentence why
---nothing leaves from this copy of the database; only = list of the domains to which mails leave; hold =
---{ at = , who = , why = , all = true for a hold on everything, note = the sentence }. Errors: a use outside
---handlers and routes.
---
---@return any
function usher.outgoing() end

---Says that something has changed for which mails are held, such as an approval: once it is on disk, the
---held mails of this event are looked at again, and those for which no reason is left are sent. Errors: a
---use outside handlers.
---
function usher.recheck() end

---Writes down who did what, in the same transaction as what was done: `usher log` and the organisers' pages
---show it. what: a few words ("answer"); note: how exactly, or nil; who: a name or an address (else
---"usher"); about: the key of the person whom it concerns, or nil. Of a long text the first 1,000 bytes are
---kept. Errors: a use outside handlers and decide.
---
function usher.audit(what, note, who, about) end

---A person's word on a mail or a request of which nobody knows whether it went out; flow, key,
---options.step and options.attempt are as the list "unsure" of the database has them. options.again: true
---sends it once more with the same Message-ID, else it is kept as sent. The first word on an attempt counts;
---one on a step that is not unsure changes nothing. Errors: a use outside handlers.
---
function usher.settle(flow, key, options) end

---The changed script that waits for the organisers' word (usher plan --propose, usher run --watch): script
---(its path), who and at (who proposed it, and when), digest, needs (how much needs an answer), questions
---(list of { id, text, choices }), answers, problem (why the script can't be used), state ("waits",
---"planned": the plan is being made, "agreed": it is about to take its place), note (what became of the last
---word, or ""). Names given ("text", "html") add the plan in words. nil: nothing waits. Errors: a use
---outside handlers and routes.
---
---@return any
function usher.proposal(...) end

---The organisers' word on the changed script that waits: "apply" lets it take its place, "discard" forgets
---it, "answer" has its plan made anew with options.answers ({ skip = list, send = list, stay = list, answers
---= table }). options.digest: of the plan on which the word is said; on another one it does not count.
---options.who: for the log. It is done after this handler, so usher.proposal tells later what became of it.
---Errors: a use outside handlers and POST routes; another word.
---
function usher.decide_proposal(word, options) end

---Which optional parts this usher was built with: xlsx (spreadsheets are read and written), pdf
---(certificates are drawn), qr (they have QR codes). A script, or a page, offers what needs one only where
---it is there. No library is loaded for the answer; where one has gone missing, what needs it says so. Not
---in a flow's own code: a flow must do the same on every machine.
---
---@return any
function usher.parts() end

---A mail as a page of HTML, as its reader's mail program will show it: from, to, reply_to, subject, text
---(Markdown), attach (list of { name = }), all as in usher.mail. The page needs nothing else and holds no
---script. Nothing is sent. Errors: an option that is none.
---
---@return any
function usher.preview(mail) end

---A mark of these texts, 64 hexadecimal digits (SHA-256): the same for the same texts in the same order, and
---another one as soon as a letter of them is another. Where one text ends and the next begins counts, too.
---Errors: a value that is no text.
---
---@return any
function usher.hash(text, ...) end

---Whether what another program sends along proves that it knows the secret (of usher.secret). With data:
---`given` is the HMAC-SHA-256 of the data under the secret, in hexadecimal or base64, perhaps behind
---"sha256=". Without: `given` is the secret itself. Takes the same time whatever is given. Only in handlers
---and routes. Errors: the secret is not there any more.
---
---@return any
function usher.http.proven(secret, given, data) end

---The HMAC-SHA-256 of the data under the secret (of usher.secret), in hexadecimal: what another site wants
---to see before it believes that an address of ours is ours. Whoever has it can pass it on, so sign nothing
---that strangers choose, unless they proved that they know the secret (usher.http.proven). Only in handlers
---and routes. Errors: the secret is not there any more.
---
---@return any
function usher.http.sign(secret, data) end

---Reads an .xlsx file: its first visible sheet, or the one of that name. The table has sheet (its name),
---sheets (list of { name, hidden }), rows (list of { line, cells, hidden }) and notes (list of { line,
---column, text }: cells that hold an error, or a formula that was never worked out). Cells are texts, as
---people see them: dates as 2021-02-25 14:00, 3 and not 3.0. line is the row's number in the sheet, empty
---rows are left out. Not in a flow's own code. Errors: what is no .xlsx file, has a password, is damaged or
---too large (8 MiB, 20,000 rows, 256 columns); a sheet that is not there; an usher without this part.
---
---@return any
function usher.sheet(bytes, name) end

---The bytes of an .xlsx file, the same for the same tables. sheets: a list of { name = "Guests", columns =
---{ "name", "mail" }, rows = list of maps by column, or of lists }. Texts stay texts, whatever they begin
---with: no cell is a formula or a link. Numbers, true and false stay what they are. Not in a flow's own
---code. Errors: a name that Excel does not take; a text of more than 32,767 characters; more than 50,000
---cells, 256 columns, 16 sheets (take the CSV then); an usher without this part.
---
---@return any
function usher.xlsx(sheets) end

---Answers requests to an address of this installation: fn(request) -> { status = 200, body = , type = ,
---headers = , cookies = , redirect = "/path", away = "https://...", stream = topic, certificate = { } (a
---page that is drawn, as in usher.mail; say its type) }, or nil: not mine, and the next event is asked.
---path: "/a/:token" (a :name stands for one part, in request.params). request has method, path, params,
---query, form, form_all, files, headers, cookies, body, address, secure, host. A GET route changes nothing;
---any other is one transaction, and its answer leaves when that is on disk. options.look: fn(request) -> {
---name = { ask = "pending" } }, lists of the database that come as request.seen.name. options.body: most
---bytes of a body (64 KiB). options.walk: it goes through all that is known, and may take seconds; for pages
---behind a login only. options.open: also for forms and programs of other sites. options.all: every
---event with this route gets the request, and the first answer leaves that refuses nothing (a status under
---400), else the first; then look is not asked. Errors: a path or a method that is none; a route twice.
---
function usher.http.route(method, path, fn, options) end

---Answers GET requests to an address with what never changes while this version of the script runs: a style
---sheet, a picture. options.type ("text/css"), options.data (the bytes). Browsers that have it are told so.
---Errors: a path that is none; a route twice.
---
function usher.http.static(path, options) end

---The whole web address of a path of this installation, for mails; nil when it has no web address. Errors: a
---path that does not begin with /.
---
---@return any
function usher.http.url(path) end

---Tells whoever has a page open that hears this topic (a route that returned { stream = topic }), once what
---is changed here is on disk. Nobody hearing it is no error. Errors: a use in a flow's own code or a GET
---route.
---
function usher.http.push(topic, text) end

---A token for a link: it stands for the subject (a person's key, at most 200 bytes), for this purpose and
---this event. Nobody can guess, read or change one. options.expires: a time in milliseconds, else it holds
---for ever; options.generation: a number that usher.link.read gives back. Errors: a subject too long.
---
---@return any
function usher.link.make(purpose, subject, options) end

---For whom a token of usher.link.make was made. why: "wrong" (none of this purpose and event, or changed on
---the way) or "expired". Errors: none.
---
---@return any
function usher.link.read(purpose, token) end

---Letters, digits, - and _ from so many random bytes (default 16): a key that nobody can guess and that says
---nothing. Only in handlers and POST routes: a flow has usher.token. Errors: a use elsewhere.
---
---@return any
function usher.fresh(bytes) end

---The events that this usher runs, in the order in which they were loaded. Errors: a use outside handlers
---and routes.
---
---@return any
function usher.events() end
