-- SPDX-License-Identifier: MIT
-- fields: the fields of forms. A label above, a hint below it, and what is wrong right beside the field, with
-- what was typed still in it. Works without JavaScript and with a screen reader.
--
--   field = { id, name, label, value, problem = sentence, hint, required, free, lang,
--             type ("text"), autocomplete, most = letters,      a line, an area
--             options = list of { value, text },                one of several, or (value is a list) some
--             rows = list of { name, key, label } }             a scale for each; value: key -> value
local h = require "usher.html"
local lang = require "usher.lang"

local fields = {}

local LINE_MAX <const> = 200
local AREA_MAX <const> = 2000

-- A form says which of its fields may stay empty; one of which most may (free), which may not.
local function label_text(field)
  local is_usual = (field.required or false) ~= (field.free or false)
  if is_usual then return field.label end
  local mark = field.free and "needed" or "optional"
  return { field.label, " ", h.span { class = "quiet", lang.text(field.lang or "en", "fields." .. mark) } }
end

local function notes(field)
  return h.list {
    field.hint and h.p { class = "hint", id = field.id .. "-hint", field.hint },
    field.problem and h.p { class = "wrong", id = field.id .. "-wrong", field.problem },
  }
end

-- What a screen reader says besides the label.
local function described(field)
  local ids = {}
  if field.hint then ids[#ids + 1] = field.id .. "-hint" end
  if field.problem then ids[#ids + 1] = field.id .. "-wrong" end
  return #ids > 0 and table.concat(ids, " ") or false
end

-- fields.line(field) -> node: one line of text
function fields.line(field)
  return h.list {
    h.label { for_ = field.id, label_text(field) }, notes(field),
    h.input { id = field.id, name = field.name, type = field.type or "text", value = field.value or false,
      required = field.required or false, maxlength = field.most or LINE_MAX,
      autocomplete = field.autocomplete or "off", aria_invalid = field.problem and "true" or false,
      aria_describedby = described(field) },
  }
end

-- fields.area(field) -> node: several lines of text
function fields.area(field)
  return h.list {
    h.label { for_ = field.id, label_text(field) }, notes(field),
    h.textarea { id = field.id, name = field.name, required = field.required or false,
      maxlength = field.most or AREA_MAX, aria_invalid = field.problem and "true" or false,
      aria_describedby = described(field), field.value or "" },
  }
end

local function radio(field, option, n)
  return h.label { class = "option",
    h.input { type = "radio", name = field.name, value = option.value, id = ("%s-%d"):format(field.id, n),
      required = field.required or false, checked = tostring(field.value) == option.value,
      aria_invalid = field.problem and "true" or false },
    h.span { option.text } }
end

local function radios(field)
  local nodes = {}
  for n, option in ipairs(field.options) do nodes[n] = radio(field, option, n) end
  return nodes
end

local function is_among(value, list)
  for _, one in ipairs(type(list) == "table" and list or { list }) do
    if one == value then return true end
  end
  return false
end

-- fields.some_of(field) -> node: boxes of which any number are ticked
function fields.some_of(field)
  local nodes = {}
  for n, option in ipairs(field.options) do
    nodes[n] = h.label { class = "option",
      h.input { type = "checkbox", name = field.name, value = option.value,
        id = ("%s-%d"):format(field.id, n), checked = is_among(option.value, field.value) },
      h.span { option.text } }
  end
  return h.fieldset { aria_describedby = described(field), h.legend { label_text(field) }, notes(field),
    nodes }
end

-- fields.one_of(field) -> node: buttons of which one is pressed
function fields.one_of(field)
  return h.fieldset { aria_describedby = described(field), h.legend { label_text(field) }, notes(field),
    radios(field) }
end

-- fields.scale(field) -> node: the same side by side, for numbers
function fields.scale(field)
  return h.fieldset { aria_describedby = described(field), h.legend { label_text(field) }, notes(field),
    h.div { class = "scale", radios(field) } }
end

-- fields.scales(field) -> node: a scale for each of several rows
function fields.scales(field)
  local nodes, values = {}, type(field.value) == "table" and field.value or {}
  for n, row in ipairs(field.rows) do
    local scale = { id = ("%s-%d"):format(field.id, n), name = row.name, value = values[row.key],
      options = field.options, required = field.required }
    nodes[n] = h.fieldset { class = "row", h.legend { row.label },
      h.div { class = "scale", radios(scale) } }
  end
  return h.fieldset { aria_describedby = described(field), h.legend { label_text(field) }, notes(field),
    nodes }
end

-- fields.list(field) -> node: a list that opens, for many options. The first stands when nothing was chosen.
function fields.list(field)
  local options = {}
  for n, option in ipairs(field.options) do
    options[n] = h.option { value = option.value, selected = field.value == option.value, option.text }
  end
  return h.list { h.label { for_ = field.id, label_text(field) }, notes(field),
    h.select { id = field.id, name = field.name, aria_describedby = described(field), options } }
end

-- ---- reading what was typed ---------------------------------------------------------------------------

-- Letters that nobody sees, and that hide or turn what stands beside them: U+200B, 200E-200F, 2028-202E,
-- 2060-206F, FEFF. The joiners U+200C and 200D stay: words of Hindi and Persian need them.
local unseen <const> = { "\xE2\x80[\x8B\x8E\x8F\xA8-\xAE]", "\xE2\x81[\xA0-\xAF]", "\xEF\xBB\xBF" }

local function plain(typed)
  if not typed:find("[\xE2\xEF]") then return typed end
  for _, letters in ipairs(unseen) do typed = typed:gsub(letters, "") end
  return typed
end

-- fields.one_line(typed) -> text without line breaks, controls and spaces at its ends
function fields.one_line(typed)
  if typed == nil then return "" end
  return (plain(typed):gsub("[%s%c]+", " "):match("^ ?(.-) ?$"))
end

-- fields.lines(typed) -> the same for several lines: line breaks stay
function fields.lines(typed)
  if typed == nil then return "" end
  local text = plain(typed):gsub("\r\n?", "\n"):gsub("[^\n%C]", " ")
  return text:match("^%s*(.-)%s*$")
end

-- fields.fault(text, most, required) -> nil, or which text of the language says what is wrong with it
function fields.fault(text, most, required)
  if text == "" then return required and "missing" or nil end
  local letters = utf8.len(text)
  if not letters then return "not_text" end
  return letters > most and "too_long" or nil
end

fields.LINE_MAX, fields.AREA_MAX = LINE_MAX, AREA_MAX

return fields
