-- SPDX-License-Identifier: MIT
-- compared: a rehearsal beside another one: the one that was saved before an edit (--diff), and the one in
-- which the engine is never gone (--down). What differs is told by changes.lua; here is what is compared.
local changes = require "usher.changes"

local compared = {}

-- What left the house, as changes.lua takes it: an assistant's copy is a mail of its own. unit: whose flow.
local function left_of(effects)
  local list = {}
  for _, effect in ipairs(effects) do
    if effect.sent then
      list[#list + 1] = { at = effect.at, kind = effect.kind, item = effect.item, label = effect.label,
        rule = effect.copy and effect.rule .. " (copy)" or effect.rule, person = effect.person,
        zone = effect.zone, hash = effect.hash, unit = effect.unit }
    end
  end
  return list
end

-- ---- a saved rehearsal --------------------------------------------------------------------------------

local function against_saved(request, out, about)
  if not request.before then return end
  local text, html, counts = changes.report(request.before, out.left,
    { zone = about.zone, since = "Since the saved rehearsal" })
  out.changes, out.differs = text, counts.differ
  out.sections[#out.sections + 1] = { title = "What has changed", html = html }
end

-- ---- downtimes ------------------------------------------------------------------------------------------

-- Why somebody did not get what they would have got.
local function add_reasons(undisturbed, effects)
  local reasons = {}
  for _, effect in ipairs(effects) do
    if effect.skipped then reasons[effect.unit] = effect.why end
  end
  for _, one in ipairs(undisturbed) do one.why = reasons[one.unit] end
end

-- "Wed 24 Feb 13:00 to 18:00", with both dates when they differ.
local function span_text(span, zone)
  local format = usher.time.format
  local same = format(span.from, zone, "%Y-%m-%d") == format(span.to, zone, "%Y-%m-%d")
  return ("%s to %s"):format(format(span.from, zone, "%a %d %b %H:%M"),
    format(span.to, zone, same and "%H:%M" or "%a %d %b %H:%M"))
end

local function against_undisturbed(request, effects, out, about)
  if not request.undisturbed then return end
  local spans = {}
  for i, span in ipairs(request.down) do spans[i] = span_text(span, about.zone) end
  add_reasons(request.undisturbed, effects)
  local text, html = changes.report(request.undisturbed, out.left,
    { zone = about.zone, since = "Because of that", gone = "skipped" })
  local when = ("usher was down %s (%s)"):format(table.concat(spans, "; "),
    usher.time.format(request.down[1].from, about.zone, "%P, %z"))
  out.down = ("\n%s.\n%s"):format(when, text:sub(1, -2)) -- the lines are joined by newlines
  out.sections[#out.sections + 1] = { title = when, html = html }
end

-- compared.report(request, effects, about) -> { left, changes, differs, down, sections }
--   request, about, left, changes, differs: as in timeline.lua; effects: as it has read them
--   down: what the times did in which the engine was gone, as a part of the text; nil: there were none
--   sections: the same for the page, list of { title, html }
function compared.report(request, effects, about)
  local out = { sections = {}, differs = false, left = request.compared and left_of(effects) or nil }
  against_undisturbed(request, effects, out, about)
  against_saved(request, out, about)
  return out
end

return compared
