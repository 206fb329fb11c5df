-- SPDX-License-Identifier: MIT
-- texts: the ready-made mails, by the name of their rule or letter. Markdown; each line ends where a reader
-- would breathe. What usher sends by itself (from "confirmation" on) uses only what no event lacks.
local texts <const> = {}

texts["invitation"] = {
  subject = "Invitation: {title}",
  text = [[
Dear {full_name},

{organisers} would like to invite you to

**{title}**

{when_both}

{venue}

The programme aims to:

{objectives}

{programme}

{how_to_answer}

With respect,

{organisers}
]],
}

texts["please-answer"] = {
  subject = "Your answer, please: {title}",
  text = [[
Dear {full_name},

we have not heard yet whether you will join us for

**{title}**

{when_both}

{how_to_answer}

With respect,

{organisers}
]],
}

texts["please-answer-again"] = {
  subject = "Once more, your answer, please: {title}",
  text = texts["please-answer"].text,
}

texts["joining"] = {
  subject = "How to join: {title}",
  text = [[
Dear {full_name},

thank you for coming. This is how to join.

**{title}**

{when_both}

{how_to_join}

Please join ten minutes early, with your full name shown, so that we can greet you.

{programme}

{how_to_change}

With respect,

{organisers}
]],
}

texts["starting"] = {
  subject = "Starting soon: {title}",
  text = [[
Dear {full_name},

we begin soon: {when_both}.

{where}
]],
}

texts["speaker-briefing"] = {
  subject = "Your part in: {title}",
  text = [[
Dear {full_name},

thank you for your part in

**{title}**

{when_both}

{where}

Your part, by your own clock:

{own_items}

If you show slides, please send them to us two working days before, so that they are at hand if a line fails.
We will offer you ten minutes to try sound and screen.

{programme}

With respect,

{organisers}
]],
}

texts["speaker-reminder"] = {
  subject = "Next: {title}",
  text = [[
Dear {full_name},

we look forward to your part on {when_both}:

{own_items}

{where}

Please join fifteen minutes before the start. Ten minutes before your part you get a short mail from us.

With respect,

{organisers}
]],
}

texts["run-of-show"] = {
  subject = "Run of show: {title}",
  text = [[
Dear {full_name},

the order of the day, {when_both}:

{run_of_show}

Who is coming:

{answers}

Before the start, please check: waiting room on, recording agreed and tested, a second host who can take over,
telephone numbers of the speakers at hand, cameras on for the group photo.

{where}
]],
}

texts["who-is-coming"] = {
  subject = "Who is coming: {title}",
  text = [[
Dear colleagues,

these are the answers so far:

{answers}

Whoever has not answered is better telephoned than written to again.
]],
}

texts["report"] = {
  subject = "Report: {title}",
  text = [[
Dear colleagues,

this is what became of {title}:

{report}

The report is attached: one page that any browser opens, and that prints on A4. It names none of the guests.

With respect,

usher, for {organisers}
]],
}

texts["you-are-next"] = {
  subject = "In {minutes} minutes: {item}",
  text = [[
Dear {full_name},

you are next: **{item}**, {item_when}.

After it comes {item_next}.

{where}
]],
}

texts["undecided-ask"] = {
  subject = "Still open: who gives '{item}'?",
  text = [[
Dear {full_name},

for **{title}** nobody is named yet for *{item}*, {item_when}.

Please reply with the name. Until then the programme says "to be announced".
]],
}

texts["undecided-nudge"] = {
  subject = "Today, please: who gives '{item}'?",
  text = texts["undecided-ask"].text,
}

texts["confirmation"] = {
  subject = "You are expected: {title}",
  text = [[
Dear {full_name},

thank you for your answer. We look forward to seeing you at

**{title}**

{when_both}

{how_to_join}

The attached entry puts it into your calendar.

{how_to_change}

With respect,

{signature}

{missed}
]],
}

texts["new-time"] = {
  subject = "New time: {title}",
  short = "New time: {title}, now {when_both}. It was {before}.",
  text = [[
Dear {full_name},

please note that the time has changed of

**{title}**

New: **{when_both}**

Before: {before}

{answer}

With respect,

{signature}
]],
}

texts["cancelled"] = {
  subject = "Cancelled: {title}",
  short = "Cancelled: {title} ({when_both}). {note}",
  text = [[
Dear {full_name},

we are sorry to tell you that this does not take place:

**{title}**

{when_both}

{note}

With respect,

{signature}
]],
}

texts["withdrawn"] = {
  subject = "You do not come: {title}",
  text = [[
Dear {full_name},

we have noted that you will not come to

**{title}**

{when_both}

The attached entry takes it out of your calendar. Should this be a mistake, a reply to this mail is enough.

With respect,

{signature}
]],
}

texts["deputy"] = {
  subject = "You come in the place of {guest}: {title}",
  text = [[
Dear {full_name},

{guest} has named you to come in their place to

**{title}**

{when_both}

{how_to_join}

{programme}

The attached entry puts it into your calendar. Reminders go to you from now on.

{how_to_change}

With respect,

{signature}

{missed}
]],
}

texts["deputy-sent"] = {
  subject = "{deputy} comes in your place: {title}",
  text = [[
Dear {full_name},

we have noted that {deputy} ({deputy_mail}) comes in your place to

**{title}**

{when_both}

Reminders and the link for the day go to them from now on, and the attached entry takes it out of your
calendar.

{how_to_change}

With respect,

{signature}
]],
}

texts["deputy-ended"] = {
  subject = "You are no longer expected: {title}",
  text = [[
Dear {full_name},

you were to come in the place of {guest} to

**{title}**

{when_both}

This is no longer needed, and the attached entry takes it out of your calendar. Thank you for having been
ready.

With respect,

{signature}
]],
}

texts["deputy-declined"] = {
  subject = "{deputy} can't come: {title}",
  text = [[
Dear {full_name},

{deputy}, whom you had named, can't come to

**{title}**

{when_both}

You are welcome to come yourself, or to name somebody else.

{how_to_answer}

With respect,

{signature}
]],
}

texts["deputy-news"] = {
  subject = "{news}: {title}",
  text = [[
Dear {full_name},

{news}.

The deputy's address: {deputy_mail}

**{title}**

{when_both}
]],
}

texts["live-link"] = {
  subject = "Your link: {title}",
  text = [[
Dear {full_name},

this is how you join

**{title}**

{when_both}

{how_to_join}

{programme}

With respect,

{signature}

{missed}
]],
}

-- ---- whoever signs up (signup_mail.lua) ---------------------------------------------------------------

texts["signup-check"] = {
  subject = "Please confirm: {title}",
  text = [[
Good day,

this address was entered on the sign-up page of

**{title}**

{when_both}

Please open this page and press the button there. Only then is your sign-up complete:

{signup_link}

It was not you? Then there is nothing to do. We write no more, and in two days we have forgotten the address.

With respect,

{organisers}
]],
}

texts["signup-seat"] = {
  subject = "You have a seat: {title}",
  text = [[
Dear {full_name},

you have a seat at

**{title}**

{when_both}

{how_to_join}

You can't come after all? Please say so on your page, so that somebody else can have the seat. You can change
your answers there, too:

{signup_link}

With respect,

{organisers}

{missed}
]],
}

texts["signup-waiting"] = {
  subject = "You are on the wait-list: {title}",
  text = [[
Dear {full_name},

all seats are taken at

**{title}**

{when_both}

You are number {number} on the wait-list. When a seat comes free for you, we ask you by mail and keep it for
a while. To leave the wait-list:

{signup_link}

With respect,

{organisers}
]],
}

texts["signup-offer"] = {
  subject = "A seat has come free: {title}",
  text = [[
Dear {full_name},

a seat has come free for you at

**{title}**

{when_both}

We keep it for you until {offer_ends}. Then the next person is asked. Please open this page, and say
whether you take it:

{signup_link}

With respect,

{organisers}
]],
}

texts["signup-expired"] = {
  subject = "The seat has gone to the next: {title}",
  text = [[
Dear {full_name},

we kept a seat for you and have not heard from you, so that we have offered it to the next person.

If you still wish to come to **{title}**, you can join the wait-list again:

{signup_link}

With respect,

{organisers}
]],
}

texts["signup-cancelled"] = {
  subject = "You have cancelled: {title}",
  text = [[
Dear {full_name},

thank you for telling us that you do not come to

**{title}**

{when_both}

Somebody else can have your place now. If your plans change again, sign up again here:

{signup_link}

With respect,

{organisers}
]],
}

texts["signup-known"] = {
  subject = "You have signed up already: {title}",
  text = [[
Dear {full_name},

your address was entered on the sign-up page of

**{title}**

{when_both}

We know it already, so that nothing has changed. How it stands, and how to change it, is here:

{signup_link}

With respect,

{organisers}
]],
}

texts["certificate"] = {
  subject = "Your certificate: {title}",
  text = [[
Dear {full_name},

thank you for having taken part in

**{title}**

Your certificate is attached.

{how_to_certificate}

With respect,

{signature}
]],
}

texts["certificate-page"] = {
  subject = "Your certificate: {title}",
  text = [[
Dear {full_name},

thank you for having taken part in

**{title}**

Your certificate is ready.

{how_to_certificate}

With respect,

{signature}
]],
}

return texts
