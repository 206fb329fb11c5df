-- SPDX-License-Identifier: MIT
-- page: the rehearsal as one web page that needs nothing else: no script, no font, no picture from outside.
-- Readable on a phone and on paper, in light and in dark.
local page = {}

local entities <const> = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local function escape(text) return (tostring(text):gsub('[&<>"]', entities)) end

local frame <const> = [[
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rehearsal: %s</title>
<style>
  :root { color-scheme: light dark; --quiet: #707070; --line: #8884; --flag: #b3541e; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.5rem; line-height: 1.25; margin-bottom: .25rem; }
  h2 { font-size: 1.1rem; margin-top: 2rem; }
  p.head, .none { color: var(--quiet); }
  table { border-collapse: collapse; width: 100%%; font-variant-numeric: tabular-nums; }
  th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; }
  th, td { border-bottom: 1px solid var(--line); }
  td.clock { white-space: nowrap; }
  em { font-style: normal; font-size: .8rem; color: var(--flag); }
  summary { cursor: pointer; }
  details ul { columns: 16rem; padding-left: 1.2rem; margin: .3rem 0; }
  li { overflow-wrap: anywhere; }
  @media (max-width: 44rem) {
    thead { display: none; }
    tr { display: block; padding: .6rem 0; border-bottom: 1px solid var(--line); }
    td { display: block; border: 0; padding: 0; }
    td.clock { display: inline-block; margin-right: 1rem; font-size: .9rem; color: var(--quiet); }
    td.clock:first-child { display: block; font-size: 1rem; font-weight: 600; color: inherit; }
    td.clock::before { content: attr(data-place) " "; font-weight: 400; color: var(--quiet); }
  }
  @media print { details { display: none; } }
</style>
<main>
<h1>%s</h1>
<p class="head">%s</p>
<table>
<thead><tr>%s<th>What</th></tr></thead>
<tbody>
%s
</tbody>
</table>
%s<h2>Please look at</h2>
%s
<p class="head">%s</p>
</main>
</html>
]]

local function clock_cells(row, zones)
  local cells = {}
  for i, clock in ipairs(row.clocks) do
    local mark = clock.mark and (" <em>%s</em>"):format(escape(clock.mark)) or ""
    cells[i] = ('<td class="clock" data-place="%s">%s%s</td>'):format(escape(zones[i].name),
      escape(clock.text), mark)
  end
  return table.concat(cells)
end

-- One mail is a link, many are a list that opens.
local function what_cell(row)
  if #row.files == 1 then
    return ('<a href="%s">%s</a>'):format(escape(row.files[1].file), escape(row.what))
  elseif #row.files == 0 then
    return #row.sent == 0 and ('<span class="none">%s</span>'):format(escape(row.what)) or escape(row.what)
  end
  local links = {}
  for i, mail in ipairs(row.files) do
    links[i] = ('<li><a href="%s">%s</a></li>'):format(escape(mail.file), escape(mail.name))
  end
  return ("<details><summary>%s</summary><ul>%s</ul></details>"):format(escape(row.what), table.concat(links))
end

local function list_of(sentences)
  if #sentences == 0 then return '<p class="none">Nothing.</p>' end
  local lines = {}
  for i, sentence in ipairs(sentences) do lines[i] = ("<li>%s</li>"):format(escape(sentence)) end
  return "<ul>\n" .. table.concat(lines, "\n") .. "\n</ul>"
end

-- page.people(lives) -> section: a link to each person's own page
function page.people(lives)
  local links = {}
  for i, life in ipairs(lives) do
    links[i] = ('<li><a href="%s">%s</a> (%d)</li>'):format(escape(life.file), escape(life.name), life.mails)
  end
  return { title = "What one person gets, from first to last",
    html = ("<details><summary>%d people, and how many mails each gets</summary><ul>%s</ul></details>")
      :format(#lives, table.concat(links)) }
end

local function sections_of(list)
  local parts = {}
  for i, section in ipairs(list) do
    parts[i] = ("<h2>%s</h2>\n%s\n"):format(escape(section.title), section.html)
  end
  return table.concat(parts)
end

-- page.render{ title, head, zones, rows, warnings, summary, sections } -> html
-- sections: list of { title, html }, what changes.lua says as mark-up
function page.render(view)
  local heads, lines = {}, {}
  for i, zone in ipairs(view.zones) do heads[i] = ("<th>%s</th>"):format(escape(zone.name)) end
  for i, row in ipairs(view.rows) do
    lines[i] = ("<tr>%s<td>%s</td></tr>"):format(clock_cells(row, view.zones), what_cell(row))
  end
  local title = escape(view.title or "Rehearsal")
  return frame:format(title, title, escape(view.head), table.concat(heads), table.concat(lines, "\n"),
    sections_of(view.sections), list_of(view.warnings), escape(view.summary))
end

return page
