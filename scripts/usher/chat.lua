-- SPDX-License-Identifier: MIT
-- chat: a room of Slack, Microsoft Teams or Mattermost, by an incoming webhook.
--   pages: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
--          https://developers.mattermost.com/integrate/webhooks/incoming/
--          https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/
local channels = require "usher.channels"
local check = require "usher.check"
local facts = require "usher.facts"

local chat = {}

local entities <const> = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }

-- What people are called must call nobody: neither <!channel> of Slack nor @all of Mattermost.
local forms <const> = {
  slack = function(text) return { text = text:gsub("[&<>]", entities) } end,
  mattermost = function(text) return { text = text:gsub("@", "@\u{200B}") } end,
  teams = function(text)
    return { type = "message", attachments = { {
      contentType = "application/vnd.microsoft.card.adaptive",
      content = { type = "AdaptiveCard", version = "1.4",
        ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
        body = { { type = "TextBlock", wrap = true, text = text } } } } } }
  end,
}

local hosts <const> = { { "slack%.com", "slack" }, { "webhook%.office%.com", "teams" },
  { "logic%.azure%.com", "teams" }, { "powerplatform%.com", "teams" } }

local function kind_of(o)
  if o.kind then return o.kind end
  for _, known in ipairs(hosts) do
    if o.hook:find(known[1]) then return known[2] end
  end
  check.refuse('chat: whose room is it? Say  kind = "slack", "teams" or "mattermost"')
end

--- chat { hook = secret "CHAT_HOOK", kind = "slack" } -> channel
--- A room of Slack, Teams or Mattermost as a way to reach people: mail and cue rules name it as via = "chat".
--- hook: the address of the room's incoming webhook; whoever knows it may write there, so it is a secret.
--- kind: "slack", "teams" or "mattermost".
--- Example: chat { hook = "https://hooks.slack.com/services/T0/B0/x" }
chat.chat = check.word(function(given)
  local o = check.options("chat", given, { hook = "text", kind = "slack|teams|mattermost?" })
  if not o.hook:find("^{{") and not o.hook:find("^https?://[%w.%[%]:-]+/") then
    check.refuse("chat: hook is a whole web address, not '%s'", o.hook)
  end
  local form = forms[kind_of(o)]
  return channels.add { kind = "chat",
    to = function() return "the room" end,
    write = function(text, person)
      return person.key == "" and text or ("%s: %s"):format(facts.full_name(person), text)
    end,
    request = function(_, text) return { url = o.hook, json = form(text) } end }
end)

return chat
