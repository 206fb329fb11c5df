-- SPDX-License-Identifier: MIT
-- envelope: what programs read of a guest's mail, besides its text: how to have no more of it.
local links = require "usher.links"

local envelope = {}

-- envelope.unsubscribe(person, assistant) -> usher.mail's `unsubscribe`, or nil for whoever runs the event.
-- With a web address it names the page (one click, RFC 8058); in each case a mail to the mailbox, when that
-- is known. assistant: the mail goes to the person's assistant.
function envelope.unsubscribe(person, assistant)
  if not person.guest then return nil end
  return { link = links.url("unsubscribe", person, { assistant = assistant }), purpose = "event" }
end

return envelope
