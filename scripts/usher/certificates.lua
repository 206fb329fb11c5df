-- SPDX-License-Identifier: MIT
-- certificates: the book of what was issued to whom. A certificate has a code that nobody can guess; who
-- knows it may look at what it says (certificate_check.lua), and nobody else may.
--
-- The paper (certificate_paper.lua) is kept as it was issued: what was certified stays certified when the
-- script's texts are edited later, or the person leaves the list. Another spelling of the name is another
-- version with a code of its own, and the old code says by which one it was replaced.
--
--   book certificates: person's key -> { name = as the person spells it, whose = the generation of who spelt
--     it (a deputy is somebody else), at = ms of that, of = rule's name -> { revoked = { at, who } or nil,
--     versions = list of { code, at, paper, sent = the mail has left } } }
--   book certificate-codes: code without its dashes -> { person, rule }, or { gone = true }: the person was
--     forgotten
-- Reading goes in usher.decide, handlers and routes; writing in usher.decide and handlers.
local facts = require "usher.facts"
local personal = require "usher.personal"

local certificates = {}

local VERSIONS_MAX <const> = 20 -- spellings of one name; the first and the last ones stay

-- ---- codes --------------------------------------------------------------------------------------------

-- Crockford's letters: without I, L, O and U, which are read as 1, 1, 0 and V. Twelve of them are 60 bits.
local LETTERS <const> = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
local LENGTH <const>, GROUP <const> = 12, 4
local BASE64 <const> = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
local read_as <const> = { I = "1", L = "1", O = "0", U = "V" }

-- Five bits of each of the first twelve letters of a token, which have six each.
local function code_of(token)
  local letters = {}
  for i = 1, LENGTH do
    local value = (BASE64:find(token:sub(i, i), 1, true) or 1) - 1
    letters[i] = LETTERS:sub(value % 32 + 1, value % 32 + 1)
  end
  return table.concat(letters)
end

-- certificates.show("7K4M2Q9XHT3W") -> "7K4M-2Q9X-HT3W"
function certificates.show(code)
  local groups = {}
  for i = 1, #code, GROUP do groups[#groups + 1] = code:sub(i, i + GROUP - 1) end
  return table.concat(groups, "-")
end

-- certificates.read(" 7k4m 2q9x-hto3 ") -> the code as it is kept, or nil when it can be none
function certificates.read(typed)
  local code = typed:upper():gsub("[%s%-]", ""):gsub("[ILOU]", read_as)
  if #code ~= LENGTH or code:find("[^" .. LETTERS .. "]") then return nil end
  return code
end

-- ---- the books ----------------------------------------------------------------------------------------

local function entry_of(key) return usher.book("certificates"):get(key) or { of = {} } end

local function save(key, entry) usher.book("certificates"):set(key, entry) end

local function latest(of) return of and of.versions[#of.versions] end

-- certificates.of(key, rule_name) -> the version in force, its revocation; or nil
function certificates.of(key, rule_name)
  local of = entry_of(key).of[rule_name]
  return latest(of), of and of.revoked
end

-- certificates.first_at(key, rule_name) -> ms: when it was issued, whatever was corrected since
function certificates.first_at(key, rule_name)
  return entry_of(key).of[rule_name].versions[1].at
end

-- certificates.issued(key) -> list of { rule, version, revoked }, in the script's order, of what has left
function certificates.issued(key)
  local list, entry = {}, entry_of(key)
  for _, rule in ipairs(facts.certificates) do
    local of = entry.of[rule.name]
    local version = latest(of)
    if version and version.sent then
      list[#list + 1] = { rule = rule, version = version, revoked = of.revoked }
    end
  end
  return list
end

-- certificates.name(person) -> as it stands on their certificates; confirmed: they have said so themselves
function certificates.name(person)
  local entry = usher.book("certificates"):get(person.key)
  local theirs = entry and entry.name and entry.whose == (person.generation or 0)
  return theirs and entry.name or facts.full_name(person), theirs or false
end

local function add_version(of, version)
  if #of.versions >= VERSIONS_MAX then table.remove(of.versions, 2) end
  of.versions[#of.versions + 1] = version
end

-- certificates.issue(key, rule_name, token, sent, make) -> version. The one in force if there is one; else
-- make(code as shown, at = ms) -> paper. sent: it is theirs from now on, and not only once its mail has left.
function certificates.issue(key, rule_name, token, sent, make)
  local entry = entry_of(key)
  local of = entry.of[rule_name] or { versions = {} }
  local version = latest(of)
  if version and version.sent then return version end
  local code, at = code_of(token), usher.now()
  version = { code = code, at = at, sent = sent or nil, paper = make(certificates.show(code), at) }
  of.versions, entry.of[rule_name] = { version }, of
  save(key, entry)
  usher.book("certificate-codes"):set(code, { person = key, rule = rule_name })
  return version
end

-- certificates.was_sent(key, rule_name): the mail that waited for somebody's word has left.
function certificates.was_sent(key, rule_name)
  local entry = entry_of(key)
  local version = latest(entry.of[rule_name])
  if not version or version.sent then return end
  version.sent = true
  save(key, entry)
end

-- certificates.spell(person, name, remake): the person says how their name is spelt. What is issued already
-- is issued anew: remake(paper, name, code as shown, at) -> paper.
function certificates.spell(person, name, remake)
  local entry, now = entry_of(person.key), usher.now()
  entry.name, entry.whose, entry.at = name, person.generation or 0, now
  for rule_name, of in pairs(entry.of) do
    local version = latest(of)
    if version.sent and not of.revoked and version.paper.name ~= name then
      local code = code_of(usher.fresh())
      add_version(of, { code = code, at = now, sent = true,
        paper = remake(version.paper, name, certificates.show(code), now) })
      usher.book("certificate-codes"):set(code, { person = person.key, rule = rule_name })
    end
  end
  save(person.key, entry)
end

-- certificates.revoke(key, rule_name, who): or, with who = nil, takes that back.
function certificates.revoke(key, rule_name, who)
  local entry = entry_of(key)
  entry.of[rule_name].revoked = who and { at = usher.now(), who = who } or nil
  save(key, entry)
end

-- certificates.find(code) -> "valid" | "replaced" | "revoked" | "gone", version, the version in force; or
-- nil: there is no such code. code: as certificates.read gives it.
function certificates.find(code)
  local known = usher.book("certificate-codes"):get(code)
  if not known then return nil end
  local of = not known.gone and entry_of(known.person).of[known.rule]
  if not of then return "gone" end
  for _, version in ipairs(of.versions) do
    if version.code == code then
      local now = latest(of)
      if of.revoked then return "revoked", version, now end
      return now == version and "valid" or "replaced", version, now
    end
  end
  return "gone"
end

-- certificates.forget(key): the person is forgotten; their codes say so, and no more.
function certificates.forget(key)
  local codes = usher.book "certificate-codes"
  for _, of in pairs(entry_of(key).of) do
    for _, version in ipairs(of.versions) do codes:set(version.code, { gone = true }) end
  end
  usher.book("certificates"):remove(key)
end

-- The name in its own spelling is what they typed; the papers have it as well.
local function names_of(entry)
  local names = { entry.name }
  for _, of in pairs(entry.of) do
    for _, version in ipairs(of.versions) do names[#names + 1] = version.paper.name end
  end
  return names
end

personal.add { name = "certificates", books = { "certificates", "certificate-codes" },
  texts = function(person) return names_of(entry_of(person.key)) end,
  export = function(person) return usher.book("certificates"):get(person.key) end,
  forget = function(person) certificates.forget(person.key) end }

return certificates
