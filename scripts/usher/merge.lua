-- SPDX-License-Identifier: MIT
-- merge: a list of people and a newer one of the same people (lists.read): who is who, and what has
-- changed. A person is found by key; a row without one by its address, then by its name. A key is for ever:
-- whoever is found by address and has another name now keeps the key that the old name was. Whoever is not
-- in the newer list is gone, and stays in the merged one until somebody says otherwise. Nothing is guessed:
-- what may be two people is a problem of its row.
local people = require "usher.people"

local merge = {}

-- A row by people's own names of columns, and what it is known by.
local function entry_of(list, row)
  local cells = {}
  for name, value in pairs(row.cells) do cells[people.column(name)] = people.one_line(value) end
  return { cells = cells, row = row, key = cells.key, mail = cells.mail and cells.mail:lower(),
    name = cells.name and cells.name:lower(), place = list.place(row.line),
    called = cells.name or cells.key or "a person without a name" }
end

local function entries_of(list)
  local entries = {}
  for i, row in ipairs(list.rows) do entries[i] = entry_of(list, row) end
  return entries
end

-- by -> list of entries, for one way of knowing somebody
local function index(entries, field)
  local found = {}
  for _, entry in ipairs(entries) do
    local value = entry[field]
    if value then
      found[value] = found[value] or {}
      table.insert(found[value], entry)
    end
  end
  return found
end

local function names_of(entries)
  local names = {}
  for i, entry in ipairs(entries) do names[i] = ("%s (%s)"):format(entry.called, entry.place) end
  return table.concat(names, " or ")
end

local function pair(old, new, found)
  if old.new then
    found.add("%s: %s is the same person as %s, %s: take one of them out", new.place, new.called,
      old.new.called, old.new.place)
    return
  end
  old.new, new.old = new, old
end

-- A row without a key: by address, then by name. Where these say two different people, somebody must.
local function find(new, by_mail, by_name, found)
  local same_mail <const> = new.mail and by_mail[new.mail] or {}
  local same_name <const> = new.name and by_name[new.name] or {}
  local candidates <const> = #same_mail > 0 and same_mail or same_name
  if #candidates > 1 then
    found.add("%s: %s may be %s: give both lists a column 'key'", new.place, new.called, names_of(candidates))
  elseif #same_mail == 1 and #same_name == 1 and same_mail[1] ~= same_name[1] then
    found.add("%s: %s has the address of %s and the name of %s: give it the key of whom it is", new.place,
      new.called, names_of(same_mail), names_of(same_name))
  end
  return #candidates == 1 and candidates[1] or nil
end

local function match(olds, news, found)
  for _, old in ipairs(olds) do old.known_as = old.key or old.cells.name end
  local by_key <const> = index(olds, "known_as")
  for _, new in ipairs(news) do
    local same = new.key and by_key[new.key]
    if same then pair(same[1], new, found) end
  end
  local by_mail <const>, by_name <const> = index(olds, "mail"), index(olds, "name")
  for _, new in ipairs(news) do
    local old = not new.key and find(new, by_mail, by_name, found)
    if old then pair(old, new, found) end
  end
end

-- ---- what has changed ------------------------------------------------------------------------------------

-- Columns in the order of the older list, then what the newer one has besides; each { name, heading, said },
-- said: the newer list speaks of it.
local function columns_of(old, new)
  local columns, at = {}, {}
  local function add(list, said)
    for i, name in ipairs(list.columns) do
      local column = people.column(name)
      if column ~= "" and not at[column] then
        columns[#columns + 1] = { name = column, heading = list.headings[i] }
        at[column] = columns[#columns]
      end
      if said and column ~= "" then at[column].said = true end
    end
  end
  add(old, false)
  add(new, true)
  return columns, at
end

-- The row of whom both lists have. Empty cells of the newer list empty the older one's, but for the key.
local function merged_cells(old, columns)
  local cells, changes = {}, {}
  for _, column in ipairs(columns) do
    local before, after = old.cells[column.name] or "", old.new.cells[column.name] or ""
    local kept <const> = not column.said or (column.name == "key" and after == "")
    if not kept and before ~= after then
      changes[#changes + 1] = { column = column.name, from = before, to = after }
    end
    cells[column.name] = kept and before or after
  end
  return cells, changes
end

-- Without a key of its own, the name was it. Answers the key when it had to be written down.
local function keep_key(old, cells)
  if cells.key and cells.key ~= "" or cells.name == old.cells.name then return nil end
  cells.key = old.known_as
  return cells.key
end

-- merge.lists(old, new, drop_gone, found) -> result
-- result: columns (list of { name, heading }), rows (list of { cells by column, place }), added, gone
-- (lists of entries), changed (list of { called, kept = the key that the name was, changes = list of {
-- column, from, to } }), same (how many).
function merge.lists(old, new, drop_gone, found)
  local olds <const>, news <const> = entries_of(old), entries_of(new)
  match(olds, news, found)
  local columns, at = columns_of(old, new)
  local result = { columns = columns, rows = {}, added = {}, changed = {}, gone = {}, same = 0 }
  local function put(cells, place) result.rows[#result.rows + 1] = { cells = cells, place = place } end
  for _, one in ipairs(olds) do
    if one.new then
      local cells, changes = merged_cells(one, columns)
      local kept <const> = keep_key(one, cells)
      if kept and not at.key then
        at.key = { name = "key", heading = "key" }
        columns[#columns + 1] = at.key
      end
      if #changes > 0 then
        table.insert(result.changed, { called = one.called, kept = kept, changes = changes })
      else result.same = result.same + 1 end
      put(cells, one.new.place)
    else
      table.insert(result.gone, one)
      if not drop_gone then put(one.cells, one.place) end
    end
  end
  for _, one in ipairs(news) do
    if not one.old then
      table.insert(result.added, one)
      put(one.cells, one.place)
    end
  end
  return result
end

-- ---- in words --------------------------------------------------------------------------------------------

local function shown(value) return value == "" and "nothing" or ("'%s'"):format(value) end

local function title(lines, how, list)
  if #list > 0 then lines[#lines + 1] = ("%s: %d"):format(how, #list) end
  return #list > 0
end

local function say_people(lines, how, list)
  if not title(lines, how, list) then return end
  for _, one in ipairs(list) do
    local key = one.key and one.key ~= one.called and (" (%s)"):format(one.key) or ""
    lines[#lines + 1] = ("  %s%s%s"):format(one.called, key, one.cells.mail and ", " .. one.cells.mail or "")
  end
end

local function say_changed(lines, list)
  if not title(lines, "changed", list) then return end
  for _, one in ipairs(list) do
    local changes = {}
    for i, change in ipairs(one.changes) do
      changes[i] = ("%s %s -> %s"):format(change.column, shown(change.from), shown(change.to))
    end
    if one.kept then changes[#changes + 1] = ("the key stays %s"):format(shown(one.kept)) end
    lines[#lines + 1] = ("  %s: %s"):format(one.called, table.concat(changes, "; "))
  end
end

-- merge.text(result, file, drop_gone) -> text: what it means, person by person. file: the older list's name
function merge.text(result, file, drop_gone)
  local lines = {}
  say_people(lines, "added", result.added)
  say_changed(lines, result.changed)
  say_people(lines, drop_gone and ("gone, and taken out of %s"):format(file)
    or ("gone, and kept in %s (--drop-gone takes them out)"):format(file), result.gone)
  lines[#lines + 1] = ("as before: %d"):format(result.same)
  return table.concat(lines, "\n") .. "\n"
end

return merge
