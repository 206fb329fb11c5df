-- SPDX-License-Identifier: MIT
-- telegram: a bot of Telegram writes into a room that it is a member of, or to people who have written to it
-- first: those have the number of their chat in the column `telegram` of a list.
--   pages: https://core.telegram.org/bots/api#sendmessage
local channels = require "usher.channels"
local check = require "usher.check"
local facts = require "usher.facts"

local telegram = {}

local API <const> = "https://api.telegram.org"
local TEXT_MAX <const> = 4000 -- letters; Telegram's most is 4096

local function shorten(text)
  if utf8.len(text) <= TEXT_MAX then return text end
  return text:sub(1, utf8.offset(text, TEXT_MAX) - 1) .. "\u{2026}"
end

local function refused(reply)
  local said = type(reply.json) == "table" and reply.json or nil
  if not said or said.ok ~= false then return nil end
  return ("Telegram says: %s"):format(tostring(said.description or "no"):sub(1, 200))
end

--- telegram { bot = secret "TELEGRAM_BOT", chat = "-1001234567" } -> channel
--- A bot of Telegram as a way to reach people: mail and cue rules name it as via = "telegram". bot: the
--- token that @BotFather gave; chat: the number of the room, or "@name" of a public channel. Whoever has
--- a number in the column telegram of a list is written to there; without chat only they are. api:
--- Telegram's address, where it is another.
--- Example: telegram { bot = "123:abc", chat = "@our_crew" }
telegram.telegram = check.word(function(given)
  local o = check.options("telegram", given, { bot = "text", chat = "text?", api = "text?" })
  if o.chat and not o.chat:find("^%-?%d+$") and not o.chat:find("^@[%w_]+$") then
    check.refuse("telegram: chat is a room's number, as in \"-1001234567\", or \"@name\", not '%s'", o.chat)
  end
  local url = ("%s/bot%s/sendMessage"):format((o.api or API):gsub("/+$", ""), o.bot)
  return channels.add { kind = "telegram", refused = refused,
    to = function(person)
      local own = person.telegram and person.telegram:match("^%-?%d+$")
      if own then return own end
      return o.chat, "has no number in the column telegram"
    end,
    -- In a room everybody reads it: it says for whom it is.
    write = function(text, person)
      local own = person.telegram or person.key == ""
      return shorten(own and text or ("%s: %s"):format(facts.full_name(person), text))
    end,
    request = function(to, text) return { url = url, json = { chat_id = to, text = text } } end }
end)

return telegram
