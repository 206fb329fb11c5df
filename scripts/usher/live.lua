-- SPDX-License-Identifier: MIT
-- live: pages that are open hear that something has changed, and are fetched anew. Words call these where
-- they change what the pages show: in handlers, POST routes and decisions. The names of the topics are the
-- server's own: who hears what is decided by the routes that hand out the streams.
local facts = require "usher.facts"

local live = {}

function live.office() return "office/" .. facts.event.id end
function live.show() return "show/" .. facts.event.id end

-- live.changed(): an answer, a sign-up, somebody who joined, a question: whatever the organisers look at.
function live.changed() usher.http.push(live.office(), "changed") end

-- live.moved(): the run of show.
function live.moved()
  usher.http.push(live.show(), "moved")
  live.changed()
end

return live
