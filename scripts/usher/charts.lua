-- SPDX-License-Identifier: MIT
-- charts: pictures drawn on the server as SVG. Each has a title and a sentence for whoever can't see it,
-- and the same numbers as a table below, so that nothing is said by a picture alone. Lines differ in
-- dashes, not only in colour. No style is inline: the classes are in usher.css.
--
-- charts.steps{ id, title, text, series = { { name, points = { { x = ms, y = n }, ... } } }, from, to, label,
--   max } -> node. Counts that grow: each line stays until its next point. label(ms) -> text below the axis.
-- charts.bars{ id, title, text, rows = { { name, value, of = most } } } -> node
local h = require "usher.html"

local charts = {}

local WIDTH <const>, HEIGHT <const> = 640, 260
local LEFT <const>, RIGHT <const>, TOP <const>, BOTTOM <const> = 40, 110, 14, 30
local BAR <const>, GAP <const> = 20, 16

local function svg(about, width, height, content)
  local title, text = about.id .. "-title", about.id .. "-text"
  return h.tag("svg", { class = "chart", role = "img", viewBox = ("0 0 %d %d"):format(width, height),
    aria_labelledby = title .. " " .. text,
    h.tag("title", { id = title, about.title }), h.tag("desc", { id = text, about.text }), content })
end

local function text_at(x, y, text, anchor, class)
  return h.tag("text", { class = class or "label", x = ("%.1f"):format(x), y = ("%.1f"):format(y),
    text_anchor = anchor or "start", text })
end

local function line_at(x1, y1, x2, y2)
  local function n(value) return ("%.1f"):format(value) end
  return h.tag("line", { class = "axis", x1 = n(x1), y1 = n(y1), x2 = n(x2), y2 = n(y2) })
end

-- 1, 2 or 5 times a power of ten: at most five lines of a grid up to `most`.
local function grid_step(most)
  local power = 1
  while true do
    for _, factor in ipairs { 1, 2, 5 } do
      if most <= factor * power * 5 then return factor * power end
    end
    power = power * 10
  end
end

-- -- lines

local function scale(about)
  local most = 1
  for _, series in ipairs(about.series) do
    for _, point in ipairs(series.points) do most = math.max(most, point.y) end
  end
  local step = grid_step(math.max(most, about.max or 0))
  local top = (math.max(most, about.max or 0) + step - 1) // step * step
  local span = math.max(1, about.to - about.from)
  return {
    step = step, top = top,
    x = function(ms) return LEFT + (WIDTH - LEFT - RIGHT) * (ms - about.from) / span end,
    y = function(n) return TOP + (HEIGHT - TOP - BOTTOM) * (1 - n / top) end,
  }
end

local function grid(about, to)
  local parts = {}
  for n = 0, to.top, to.step do
    parts[#parts + 1] = line_at(LEFT, to.y(n), WIDTH - RIGHT, to.y(n))
    parts[#parts + 1] = text_at(LEFT - 6, to.y(n) + 4, tostring(n), "end")
  end
  local said
  for i = 0, 4 do
    local ms = about.from + (about.to - about.from) * i // 4
    local label = about.label(ms)
    if label ~= said then
      local anchor = i == 0 and "start" or i == 4 and "end" or "middle"
      parts[#parts + 1] = text_at(to.x(ms), HEIGHT - 8, label, anchor)
    end
    said = label
  end
  return parts
end

-- "M x y H x V y ...": along, then up.
local function path_of(points, about, to)
  local path = { ("M%.1f %.1f"):format(to.x(about.from), to.y(0)) }
  for _, point in ipairs(points) do
    path[#path + 1] = ("H%.1f V%.1f"):format(to.x(point.x), to.y(point.y))
  end
  path[#path + 1] = ("H%.1f"):format(to.x(about.to))
  return table.concat(path, " ")
end

-- The names at the lines' ends, moved apart when the lines end near each other.
local function names(about, to)
  local ends, parts = {}, {}
  for i, series in ipairs(about.series) do
    local last = series.points[#series.points]
    local n = last and last.y or 0
    ends[i] = { y = to.y(n) + 4, text = ("%s %d"):format(series.name, n), class = "label line" .. i }
  end
  table.sort(ends, function(a, b) return a.y < b.y end)
  for i = 2, #ends do ends[i].y = math.max(ends[i].y, ends[i - 1].y + 14) end
  for i, one in ipairs(ends) do parts[i] = text_at(WIDTH - RIGHT + 6, one.y, one.text, "start", one.class) end
  return parts
end

local function steps_table(about)
  local moments, seen, rows = {}, {}, {}
  for _, series in ipairs(about.series) do
    for _, point in ipairs(series.points) do
      if not seen[point.x] then seen[point.x], moments[#moments + 1] = true, point.x end
    end
  end
  table.sort(moments)
  local head = { h.th { scope = "col", "Day" } }
  for _, series in ipairs(about.series) do head[#head + 1] = h.th { scope = "col", series.name } end
  local at = {}
  for i, ms in ipairs(moments) do
    local cells = { h.th { scope = "row", about.label(ms) } }
    for s, series in ipairs(about.series) do
      for _, point in ipairs(series.points) do
        if point.x == ms then at[s] = point.y end
      end
      cells[#cells + 1] = h.td { tostring(at[s] or 0) }
    end
    rows[i] = h.tr(cells)
  end
  return h.details { h.summary { "The same in numbers" },
    h.div { class = "scroll", tabindex = "0", role = "region", aria_label = about.title .. ", in numbers",
      h.table { h.thead { h.tr(head) }, h.tbody(rows) } } }
end

function charts.steps(about)
  local to = scale(about)
  local content = { grid(about, to) }
  for i, series in ipairs(about.series) do
    content[#content + 1] = h.tag("path", { class = "line line" .. i, d = path_of(series.points, about, to) })
  end
  content[#content + 1] = names(about, to)
  return h.tag("figure", { svg(about, WIDTH, HEIGHT, content), h.tag("figcaption", { about.text }),
    steps_table(about) })
end

-- -- bars

local function bars_table(about)
  local rows = {}
  for i, row in ipairs(about.rows) do
    rows[i] = h.tr { h.th { scope = "row", row.name }, h.td { tostring(row.value) },
      h.td { row.of and tostring(row.of) or "" } }
  end
  local function head(text) return h.th { scope = "col", text } end
  return h.table { class = "plain", h.caption { about.text },
    h.thead { h.tr { head "Group", head(about.value or "Number"), head(about.of or "Of") } },
    h.tbody(rows) }
end

function charts.bars(about)
  local most, content = 1, {}
  for _, row in ipairs(about.rows) do most = math.max(most, row.value, row.of or 0) end
  local room = WIDTH - 8
  for i, row in ipairs(about.rows) do
    local y = (i - 1) * (BAR + GAP + 8)
    local function bar(class, n)
      return h.tag("rect", { class = class, x = "0", y = ("%.1f"):format(y + GAP + 2), height = tostring(BAR),
        width = ("%.1f"):format(room * n / most) })
    end
    content[#content + 1] = text_at(0, y + GAP - 4, row.of and ("%s: %d of %d"):format(row.name, row.value,
      row.of) or ("%s: %d"):format(row.name, row.value))
    content[#content + 1] = row.of and bar("room", row.of)
    content[#content + 1] = bar("bar", row.value)
  end
  local height = #about.rows * (BAR + GAP + 8)
  return h.tag("figure", { svg(about, WIDTH, math.max(height, 1), content), bars_table(about) })
end

return charts
