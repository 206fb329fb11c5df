-- SPDX-License-Identifier: MIT
-- html: pages as Lua tables. Whatever is a text is escaped; only what this module made is mark-up. So what a
-- guest typed can't become part of a page's structure, whoever writes the page.
--
--   local h = require "usher.html"
--   h.p { class = "lead", "Dear ", h.strong { name } }     -> node
-- A table's list is the content (texts, numbers, nodes, lists of these; false and nil are nothing), its names
-- are attributes (true: without a value; false: left out; data_place is written data-place; for_ is `for`).
local html = {}

local entities <const> = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;",
  ["'"] = "&#39;" }

local tags <const> = { "a", "abbr", "b", "body", "br", "button", "caption", "dd", "details", "div", "dl",
  "dt", "em", "fieldset", "footer", "form", "h1", "h2", "h3", "head", "header", "html", "input", "label",
  "legend", "li", "link", "main", "meta", "nav", "noscript", "ol", "option", "p", "pre", "script", "section",
  "select", "small", "span", "strong", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead",
  "time", "title", "tr", "ul" }
local void <const> = { br = true, input = true, link = true, meta = true }
local addresses <const> = { href = true, src = true, action = true }

-- html.escape(text) -> text that is safe between tags and inside quotes
function html.escape(text)
  return (tostring(text):gsub("[&<>\"']", entities))
end

-- html.raw(mark_up) -> node. Only for mark-up that usher made itself.
function html.raw(mark_up)
  return { html = mark_up }
end

local function is_node(value) return type(value) == "table" and type(rawget(value, "html")) == "string" end

-- A script address would run with the page's rights, whatever else is escaped.
local function check_address(name, value)
  local fine = value:find("^[/#?]") and not value:find("^//") or value:find("^https?://")
    or value:find("^mailto:") or value:find("^webcal://") or value:find("^tel:%+?%d+$")
  if not fine then error(("html: %s may not be '%s'"):format(name, value), 0) end
end

local function attribute(name, value)
  if value == false then return "" end
  name = name:gsub("_$", ""):gsub("_", "-")
  if value == true then return " " .. name end
  value = tostring(value)
  if addresses[name] then check_address(name, value) end
  return (' %s="%s"'):format(name, html.escape(value))
end

local add

-- Each of a list, also behind a gap:  { first, false, condition and node, last }  may have a nil in it.
local function add_each(parts, list)
  local last = 0
  for i in pairs(list) do
    if math.type(i) == "integer" and i > last then last = i end
  end
  for i = 1, last do add(parts, list[i]) end
end

function add(parts, value)
  if not value then return end
  if is_node(value) then
    parts[#parts + 1] = value.html
  elseif type(value) == "table" then
    add_each(parts, value)
  else
    parts[#parts + 1] = html.escape(value)
  end
end

-- html.tag(name, content) -> node. For elements without a function of their own (SVG).
function html.tag(name, content)
  if type(content) ~= "table" or is_node(content) then content = { content } end
  local parts = { "<", name }
  for attribute_name, value in pairs(content) do
    if type(attribute_name) == "string" then parts[#parts + 1] = attribute(attribute_name, value) end
  end
  parts[#parts + 1] = ">"
  add_each(parts, content)
  if not void[name] then parts[#parts + 1] = "</" .. name .. ">" end
  return { html = table.concat(parts) }
end

for _, name in ipairs(tags) do
  html[name] = function(content) return html.tag(name, content or {}) end
end

-- html.list(nodes) -> node: several nodes, one after the other.
function html.list(nodes)
  local parts = {}
  add(parts, nodes)
  return { html = table.concat(parts) }
end

-- html.render(node) -> text
function html.render(node) return node.html end

return html
