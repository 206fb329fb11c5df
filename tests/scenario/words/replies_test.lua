-- SPDX-License-Identifier: MIT
-- What counts as an answer in a reply, and what a person has to read.
local expect = require "expect"

local replies

local tests = {}

-- "yes", "no and more", "nothing"
local function answer(text)
  for name in pairs(package.loaded) do
    if name:find("^usher%.") then package.loaded[name] = nil end
  end
  replies = require "usher.replies"
  local said, more = replies.answer(text)
  return (said or "nothing") .. (more and " and more" or "")
end

function tests.a_whole_first_line_is_an_answer()
  local yes = { "yes", "Yes.", "YES!", "  *yes*  ", "\n\nyes\n", "Yes, please!", "I will come.", "yes\r" }
  for _, text in ipairs(yes) do
    expect.equal(answer(text), "yes")
  end
  for _, text in ipairs { "no", "No, thank you.", "I can't come.", "I can’t come", "Declined" } do
    expect.equal(answer(text), "no")
  end
  expect.equal(answer "འོང་།", "yes")
  expect.equal(answer "མི་འོང་།", "no")
end

function tests.a_sentence_with_more_in_it_is_none()
  local others = { "yes but late", "Yes or no?", "no problem", "I will come if I may", "not yes", "", "?",
    "Dear colleagues,\nyes" }
  for _, text in ipairs(others) do
    expect.equal(answer(text), "nothing")
  end
end

function tests.what_is_quoted_was_not_said()
  expect.equal(answer "> yes", "nothing")
  expect.equal(answer "On Tue, 16 Feb 2021, Office wrote:\n> a reply with yes or no\nyes", "nothing")
  expect.equal(answer "no\n\nOn Tue, 16 Feb 2021, Office\n<office@box.example> wrote:\n> yes or no", "no")
  expect.equal(answer "yes\n\n-----Original Message-----\nFrom: Office\nyes?", "yes")
  expect.equal(answer "yes\n\nFrom: Office <o@box.example>\nSent: Tuesday\nTo: Guest\n\nDear guest", "yes")
  expect.equal(answer "no\n________________________________\nVon: Office", "no")
end

function tests.what_stands_beside_it_is_told()
  expect.equal(answer "yes\n\nbut I leave at noon", "yes and more")
  expect.equal(answer "yes\n\nSent from my iPhone", "yes")
  expect.equal(answer "yes\n-- \nKarma Dorji\nDirector", "yes")
  expect.equal(answer "From: me, to you\nyes", "nothing")
end

function tests.long_texts_are_read_to_a_limit()
  expect.equal(answer(("line\n"):rep(100000)), "nothing")
  expect.equal(#replies.quoted(("x"):rep(100000)) <= 16002, true)
  expect.equal(replies.quoted "a\n\n> b\n\n", "> a\n>\n> > b")
end

return tests
