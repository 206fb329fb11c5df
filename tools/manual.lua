-- SPDX-License-Identifier: MIT
-- manual: the three texts for people: reference.md, the manual page, and what `usher help WORD` prints.
-- Each renders the sections of tools/blocks.lua; the wording stands in the blocks, never here.
local manual = {}

local MANUAL_DATE = "November 23, 2026" -- of the page's form; the text follows the blocks

local function is_verbatim(line)
  return line:match("^%s%s") ~= nil
end

-- Calls `prose(text)` for running text, with its lines joined, and `verbatim(lines)` for lines that stay.
local function each_part(paragraph, prose, verbatim)
  local i = 1
  while i <= #paragraph do
    local part, kept = {}, is_verbatim(paragraph[i])
    while i <= #paragraph and is_verbatim(paragraph[i]) == kept do
      part[#part + 1] = paragraph[i]
      i = i + 1
    end
    if kept then
      verbatim(part)
    else
      prose(table.concat(part, " "))
    end
  end
end

local function heading(section)
  local kind = section.words and "Words" or "Primitives"
  return ("%s: %s"):format(kind, section.title)
end

local function writer()
  local lines = {}
  return lines, function(format, ...)
    lines[#lines + 1] = select("#", ...) > 0 and format:format(...) or format
  end
end

local function place_sentence(block)
  return block.where and ("May be called %s."):format(block.where) or nil
end

-- --- docs/reference.md -----------------------------------------------------------------------------------

-- As GitHub and others make it from a heading.
local function anchor(title)
  return (title:lower():gsub("[^%w%s_-]", ""):gsub("%s", "-"))
end

local function markdown_block(block, put)
  put("### `%s`", block.signature)
  put("")
  for _, paragraph in ipairs(block.paragraphs) do
    each_part(paragraph, function(text)
      put((text:gsub("^Errors:", "**Errors:**"):gsub(" Errors:", " **Errors:**")))
    end, function(lines)
      put("\n```text\n%s\n```", table.concat(lines, "\n"))
    end)
    put("")
  end
  if place_sentence(block) then
    put("%s\n", place_sentence(block))
  end
  if block.example then
    put("```lua\n%s\n```\n", block.example)
  end
end

function manual.markdown(sections)
  local lines, put = writer()
  put("<!-- Written by tools/apidoc.lua from the blocks above the functions: change them there. -->")
  put("# What a script can say\n")
  put("*Words* are for events: invitations, reminders, surveys.")
  put("*Primitives* (`usher.…`) are what words are made of.\n")
  for _, section in ipairs(sections) do
    put("- [%s](#%s)", heading(section), anchor(heading(section)))
  end
  for _, section in ipairs(sections) do
    put("\n## %s\n", heading(section))
    put("%s\n", section.purpose)
    for _, block in ipairs(section.blocks) do
      markdown_block(block, put)
    end
  end
  return (table.concat(lines, "\n"):gsub("\n\n\n+", "\n\n"):gsub("\n+$", "")) .. "\n"
end

-- --- docs/usher-script.7 ---------------------------------------------------------------------------------

local function roff(text)
  text = text:gsub("\\", "\\e"):gsub("%-", "\\-")
  return (text:gsub("^([.'])", "\\&%1"):gsub("\n([.'])", "\n\\&%1"))
end

local function roff_argument(text)
  return '"' .. roff(text):gsub('"', "\\(dq") .. '"'
end

-- A new sentence begins a new line, so that roff sets the space.
local function roff_prose(text)
  return (roff(text):gsub("(%w[%)\"']*[.?!][%)\"']*) +([%u\"(])", "%1\n%2"))
end

local function roff_display(text, put)
  put(".Bd -literal -offset indent")
  put(roff((text:gsub("\n\n+", "\n \n"))))
  put(".Ed")
end

local function mdoc_block(block, put)
  put(".It Ic %s", roff_argument(block.signature))
  for i, paragraph in ipairs(block.paragraphs) do
    if i > 1 then
      put(".Pp")
    end
    each_part(paragraph, function(text)
      put(roff_prose(text))
    end, function(lines)
      roff_display(table.concat(lines, "\n"), put)
    end)
  end
  if place_sentence(block) then
    put(roff(place_sentence(block)))
  end
  if block.example then
    roff_display(block.example, put)
  end
end

function manual.mdoc(sections)
  local lines, put = writer()
  put('.\\" Written by tools/apidoc.lua from the blocks above the functions: change them there.')
  put(".Dd %s\n.Dt USHER-SCRIPT 7\n.Os", MANUAL_DATE)
  put(".Sh NAME\n.Nm usher-script\n.Nd what a script can say")
  put(".Sh DESCRIPTION")
  put("A script describes one event in Lua 5.4 and is run by\n.Xr usher 1 .")
  put("Words are for events: invitations, reminders, surveys.\nPrimitives are what words are made of.")
  for _, section in ipairs(sections) do
    put(".Ss %s", roff(heading(section)))
    put(roff_prose(section.purpose))
    put(".Bl -tag -width Ds")
    for _, block in ipairs(section.blocks) do
      mdoc_block(block, put)
    end
    put(".El")
  end
  put(".Sh SEE ALSO\n.Xr usher 1")
  return (table.concat(lines, "\n"):gsub("\n\n+", "\n")) .. "\n"
end

-- --- scripts/help.txt ------------------------------------------------------------------------------------

local HELP_WIDTH = 80

local function wrap(text)
  local lines, line = {}, ""
  for word in text:gmatch("%S+") do
    if line ~= "" and utf8.len(line) + 1 + utf8.len(word) > HELP_WIDTH then
      lines[#lines + 1] = line
      line = word
    else
      line = line == "" and word or line .. " " .. word
    end
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

local function indent(text)
  return (("\n" .. text):gsub("\n([^\n])", "\n    %1"):sub(2))
end

-- Sections '== NAME', each ending where the next begins; the binary holds this file and prints one section.
function manual.help(sections)
  local lines, put = writer()
  for _, section in ipairs(sections) do
    for _, block in ipairs(section.blocks) do
      put("== %s", block.name)
      put("%s\n", block.signature)
      for _, paragraph in ipairs(block.paragraphs) do
        each_part(paragraph, function(text)
          put(wrap(text))
        end, function(kept)
          put(table.concat(kept, "\n"))
        end)
      end
      if place_sentence(block) then
        put(place_sentence(block))
      end
      if block.example then
        put("\nExample:\n%s", indent(block.example))
      end
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

return manual
