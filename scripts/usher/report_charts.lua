-- SPDX-License-Identifier: MIT
-- report_charts: the pictures of the report. They are as wide as the page and no wider: what lies along it is
-- said in hundredths, so that letters keep their size on a phone, on a screen and on paper. Each has a title
-- and a sentence for whoever can't see it, or its numbers stand as text beside it; nothing is told by colour
-- alone.
--
-- report_charts.stacks{ most, rows = { { name, n, note, parts = { { n, class } } } } } -> node: bars below
--   each other
-- report_charts.columns{ id, title, text, columns = { { name, n } } } -> node: columns beside each other
-- report_charts.shift{ id, title, text, from, to, low, high, before, after } -> node: two places on a scale
local h = require "usher.html"

local report_charts = {}

local BAR <const> = 18
local TALL <const>, HEAD <const>, FOOT <const> = 110, 22, 24 -- of columns
local WIDE_MAX <const> = 0.13 -- few columns need not be wide ones
local SCALE_FOOT <const> = 34 -- the words below a scale

local function percent(share) return ("%.2f%%"):format(100 * share) end

local function svg(about, height, content)
  local title, text = about.id .. "-title", about.id .. "-text"
  return h.tag("figure", { h.tag("svg", { class = "chart", role = "img", width = "100%",
    height = tostring(height), aria_labelledby = title .. " " .. text,
    h.tag("title", { id = title, about.title }), h.tag("desc", { id = text, about.text }), content }) })
end

local function text_at(x, y, text, class, anchor)
  return h.tag("text", { class = class, x = x, y = tostring(y), text_anchor = anchor or false, text })
end

local function rect(class, x, y, width, height)
  return h.tag("rect", { class = class, x = x, y = ("%.1f"):format(y), width = width,
    height = ("%.1f"):format(height), rx = "1.5" })
end

-- ---- bars below each other, each made of parts ---------------------------------------------------------

local function bar_of(row, most)
  local content, from = { rect("room", "0", 0, "100%", BAR) }, 0
  for _, part in ipairs(row.parts or { { row.n, "p1" } }) do
    local share = most > 0 and part[1] / most or 0
    content[#content + 1] = part[1] > 0 and rect(part[2], percent(from), 0, percent(share), BAR)
    from = from + share
  end
  return h.tag("svg", { width = "100%", height = tostring(BAR), aria_hidden = "true", content })
end

-- What each is called is text of the page, which may take several lines; the picture adds nothing to it.
function report_charts.stacks(about)
  local rows = {}
  for i, row in ipairs(about.rows) do
    rows[i] = h.li { h.div { h.span { row.name }, " ", h.strong { row.note or tostring(row.n) } },
      bar_of(row, about.most) }
  end
  return h.ul { class = "stacks", rows }
end

-- ---- columns beside each other -------------------------------------------------------------------------

function report_charts.columns(about)
  local most, content, n = 1, {}, #about.columns
  for _, column in ipairs(about.columns) do most = math.max(most, column.n) end
  local ground = HEAD + TALL
  for i, column in ipairs(about.columns) do
    local wide, middle = math.min(0.72 / n, WIDE_MAX), (i - 0.5) / n
    local height = TALL * column.n / most
    local left = percent(middle - wide / 2)
    content[#content + 1] = rect("p1", left, ground - height, percent(wide), height)
    content[#content + 1] = text_at(percent(middle), ground - height - 6, tostring(column.n), "value",
      "middle")
    content[#content + 1] = text_at(percent(middle), ground + 17, column.name, "label", "middle")
  end
  content[#content + 1] = h.tag("line", { class = "axis", x1 = "0", x2 = "100%", y1 = tostring(ground),
    y2 = tostring(ground) })
  return svg(about, ground + FOOT, content)
end

-- ---- from where to where on a scale ----------------------------------------------------------------------

-- Dots stay off the edges: the scale has a margin of two hundredths on each side.
local function place_on(about, value)
  return percent(0.02 + 0.96 * (value - about.from) / (about.to - about.from))
end

local function dot(class, at, y)
  return h.tag("circle", { class = class, cx = at, cy = tostring(y), r = "7" })
end

local function scale(about, y)
  local content = { h.tag("line", { class = "axis", x1 = "2%", x2 = "98%", y1 = tostring(y),
    y2 = tostring(y) }) }
  for value = about.from, about.to do
    content[#content + 1] = h.tag("line", { class = "axis", x1 = place_on(about, value),
      x2 = place_on(about, value), y1 = tostring(y - 3), y2 = tostring(y + 3) })
  end
  return content
end

local function end_of_scale(value, words)
  return words and ("%d, %s"):format(value, words) or tostring(value)
end

-- An open dot before, a full one after, and the way between them.
function report_charts.shift(about)
  local y, content = 20, { scale(about, 20) }
  local before = about.before and place_on(about, about.before)
  local after = place_on(about, about.after)
  content[2] = before and h.tag("line", { class = "shift", x1 = before, x2 = after, y1 = tostring(y),
    y2 = tostring(y) })
  content[3] = before and dot("before", before, y)
  content[4] = dot("p1", after, y)
  content[5] = text_at("2%", y + 24, end_of_scale(about.from, about.low), "label")
  content[6] = text_at("98%", y + 24, end_of_scale(about.to, about.high), "label", "end")
  return svg(about, y + SCALE_FOOT, content)
end

return report_charts
