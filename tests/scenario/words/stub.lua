-- SPDX-License-Identifier: MIT
-- stub: the primitives that the words stand on, small and in memory, so that the words are tested with plain
-- Lua. Zones have fixed offsets; a virtual clock runs every flow to its end. It checks the words, not usher:
-- the real primitives have tests of their own.
local time = require "stub_time"

local stub = { time = time }

-- What a book gives and takes is never shared: usher's keep bytes.
local function copy(value)
  if type(value) ~= "table" then return value end
  local other = {}
  for name, one in pairs(value) do other[name] = copy(one) end
  return other
end

-- The parts of a path that a route's pattern names, or nil when it is another path.
local function match(pattern, path)
  local names = {}
  local parts = pattern:gsub("%-", "%%-"):gsub(":(%w+)", function(name)
    names[#names + 1] = name
    return "([^/]+)"
  end)
  local found = { path:match("^" .. parts .. "$") }
  if not found[1] then return nil end
  local params = {}
  for i, name in ipairs(names) do params[name] = found[i] end
  return params
end

-- A fresh `usher`; files: name -> text of what lies beside the script, folder: where else to look.
function stub.new(files, folder)
  local u = { time = time, flows = {}, starts = {}, handlers = {}, routes = {},
    books = {}, mails = {}, results = {}, recalls = {}, trail = {} }
  local world = { now = 0, usher = u, routes = {}, told = {}, log = {} }

  function u.describe(about) world.about = about end
  function u.flow(name, fn)
    assert(not u.flows[name], "two flows of one name")
    u.flows[name] = fn
  end
  local started = {}
  function u.start(name, o)
    local id = name .. "|" .. o.key
    if started[id] then return end
    started[id] = { name = name, key = o.key, input = o.input, label = o.label, inbox = {} }
    u.starts[#u.starts + 1] = started[id]
  end
  function u.signal(name, key, signal)
    local flow = started[name .. "|" .. key]
    if flow then flow.inbox[signal], flow.at = true, math.min(flow.at or world.now, world.now) end
  end
  function u.on(name, fn) u.handlers[name] = fn end
  function u.at_end(fn) world.at_end = fn end
  function u.secret(name) return "{{secret:" .. name .. "}}" end
  function u.shipped(name) return world.read("scripts/" .. name) end
  function u.parts() return { xlsx = true } end
  function u.now() return world.now end
  function u.sender() return "Office <office@office.example>" end

  -- A mark as usher.hash makes it, of less strength.
  function u.hash(...)
    local sum = 0xcbf29ce484222325
    for _, text in ipairs { ... } do
      text = ("%d:"):format(#text) .. text
      for i = 1, #text do sum = (sum ~ text:byte(i)) * 1099511628211 end
    end
    return ("%016x"):format(sum):rep(4)
  end
  function u.parts() return { pdf = world.pdf ~= false, qr = true } end
  function u.picture(png)
    if not png:find("^\x89PNG") then error("usher.picture: the picture is no PNG: save it as one", 0) end
    return u.hash(png)
  end
  function u.qr() return { size = 33, path = "M4 4h7v1h-7z" } end
  function u.token(name) return (name:sub(1, 1) .. world.flow.key .. ("A"):rep(22)):sub(1, 22) end
  function u.preview(mail) return "<h1>" .. mail.subject .. "</h1>" .. mail.text end
  function u.self() return { event = "test", flow = world.flow.name, key = world.flow.key } end
  function u.practising() return false end
  function u.rehearsing() return true, world.told end
  function u.audit(what, note, who, about)
    u.trail[#u.trail + 1] = { what = what, note = note, who = who, about = about, at = world.now }
  end
  u.json = { array = function(list) return list end }
  function u.log(text) world.log[#world.log + 1] = text end
  u.http = {
    url = function(path) return "http://127.0.0.1:8080" .. path end,
    static = function() end,
    push = function() end,
    route = function(method, path, fn)
      u.routes[method .. " " .. path] = fn
      world.routes[#world.routes + 1] = { method = method, path = path, fn = fn }
    end,
  }
  u.link = {
    make = function(purpose, subject, o)
      local generation = o and o.generation
      return purpose .. "." .. subject .. (generation and "~" .. generation or "")
    end,
    read = function(purpose, token)
      local subject, generation = token:match("^" .. purpose:gsub("%-", "%%-") .. "%.([^~]+)~?(%d*)$")
      if not subject then return nil, "wrong" end
      return subject, tonumber(generation) or 0
    end,
  }
  local fresh = 0
  function u.fresh()
    fresh = fresh + 1
    return ("fresh%017d"):format(fresh)
  end
  function u.events() return { { id = "event", title = "Event", zone = "UTC" } } end

  function world.sorted(map)
    local keys = {}
    for key in pairs(map) do keys[#keys + 1] = key end
    table.sort(keys)
    return keys
  end

  function world.read(path)
    local file = io.open(path, "rb")
    if not file then error("there is no file " .. path, 2) end
    local text = file:read("a")
    file:close()
    return text
  end

  function u.file(name)
    if files and files[name] then return files[name] end
    if folder then return world.read(folder .. "/" .. name) end
    error("there is no file " .. name, 2)
  end

  -- files["@handed/EVENT/LIST"]: what that event hands on, or a sentence that refuses
  function u.handed(event, list)
    local kept = files and files[("@handed/%s/%s"):format(event, list)]
    if type(kept) == "string" then error(kept, 2) end
    return copy(kept)
  end

  function u.book(name)
    local kept = u.books[name] or {}
    u.books[name] = kept
    local book = {}
    function book.get(_, key) return copy(kept[key]) end
    function book.has(_, key) return kept[key] ~= nil end
    function book.set(_, key, value)
      assert(not world.looking, "a GET route changes nothing")
      kept[key] = copy(value)
    end
    function book.remove(_, key)
      assert(not world.looking, "a GET route changes nothing")
      kept[key] = nil
    end
    function book.count() return #world.sorted(kept) end
    function book.column(_, field)
      local column = {}
      for key, value in pairs(kept) do
        if type(value) == "table" then column[key] = value[field] end
      end
      return column
    end
    function book.each()
      local keys, i = world.sorted(kept), 0
      return function()
        i = i + 1
        return keys[i], copy(kept[keys[i]])
      end
    end
    return book
  end

  function u.due(_, moment, o)
    local limit = o and type(o.late) == "table" and o.late.utc
    local at = type(moment) == "table" and moment.utc or moment
    if world.now < at then coroutine.yield(at) end
    if limit and world.now > limit then return false, "too late" end
    return true
  end

  -- Which member is there already, or nil and when the earliest of them comes.
  local function first_of(members, began)
    local earliest, name = math.huge, nil
    for _, member in ipairs(world.sorted(members)) do
      local m = members[member]
      if m.signal and world.flow.inbox[m.signal] then
        world.flow.inbox[m.signal] = nil -- taken, as in usher
        return member
      end
      local at = m.at or m.after and time.shift({ utc = began, zone = "UTC", wall = "" }, m.after).utc
      at = type(at) == "table" and at.utc or at
      if at and at < earliest then earliest, name = at, member end
    end
    if world.now >= earliest then return name end
    return nil, earliest
  end

  function u.first(_, members)
    local began = world.now
    local member, at = first_of(members, began)
    while not member do
      coroutine.yield(at)
      member, at = first_of(members, began)
    end
    return member
  end
  function u.recall(name, key, why)
    u.recalls[#u.recalls + 1] = ("%s/%s: %s"):format(name, key, why)
    local flow = started[name .. "|" .. key]
    if flow and flow.held then flow.recalled, flow.at = why, world.now end
  end
  function u.decide(_, fn, ...) return fn(...) end
  function u.sleep(span)
    coroutine.yield(time.shift({ utc = world.now, zone = "UTC", wall = "" }, span).utc)
  end

  -- A mail whose rule waits for a person's word waits as it does in usher: until its own limit.
  local function await_approval(mail)
    local wanted, ends = mail.approval, mail.give_up and mail.give_up.utc or math.huge
    while wanted do
      local said = (u.books.approvals or {})[wanted.rule]
      if said and said.hash == wanted.hash then return true end
      if world.now >= ends then return false, "was held until it was too late: " .. wanted.why end
      world.flow.held, world.flow.recalled = true, nil
      coroutine.yield(ends)
      world.flow.held = false
      if world.flow.recalled then return false, world.flow.recalled end
    end
    return true
  end
  function u.recheck()
    for _, flow in pairs(started) do
      if flow.held then flow.at = world.now end
    end
  end
  function u.each(list, _, fn)
    for _, one in ipairs(list) do fn(one) end
  end

  function u.mail(mail)
    local may_leave, why = await_approval(mail)
    if not may_leave then return { sent = false, why = why } end
    mail.at, mail.flow, mail.key, mail.label = world.now, world.flow.name, world.flow.key, world.flow.label
    u.mails[#u.mails + 1] = mail
    for _, act in ipairs(world.pretend and u.handlers.pretend { args = mail } or {}) do
      local at = act.at or time.shift({ utc = world.now, zone = "UTC", wall = "" }, act.after).utc
      world.acts[#world.acts + 1] = { at = at, call = act.call, with = act.with, visit = act.visit }
    end
    return { sent = true }
  end

  -- Sends a request through the routes: the response, or nil when none takes it. more: query, headers ...
  function world.visit(method, path, form, more)
    more = more or {}
    for _, route in ipairs(world.routes) do
      local params = route.method == method and match(route.path, path)
      if params then
        world.looking = method == "GET"
        local response = route.fn { method = method, path = path, params = params, form = form or {},
          query = more.query or {}, headers = more.headers or {}, address = more.address, seen = {} }
        world.looking = false
        return response
      end
    end
  end

  -- The earliest thing that is to come: a sleeping flow or an act of a pretended person.
  local function next_of(list)
    local best
    for i, one in ipairs(list) do
      if not best or one.at < list[best].at then best = i end
    end
    return best
  end

  local function run_flow(flow)
    world.flow = flow
    local fine, value = coroutine.resume(flow.thread, flow.input)
    assert(fine, value)
    if coroutine.status(flow.thread) == "dead" then
      u.results[#u.results + 1] = { at = world.now, name = flow.name, key = flow.key, label = flow.label,
        input = flow.input, result = value }
      return false
    end
    flow.at = value
    return true
  end

  -- Flows that were started since the last look run up to where they wait.
  local sleeping, begun = {}, 0
  local function begin_flows()
    while begun < #u.starts do
      begun = begun + 1
      local start = u.starts[begun]
      start.at = nil
      start.thread = coroutine.create(u.flows[start.name])
      if run_flow(start) then sleeping[#sleeping + 1] = start end
    end
  end

  local function act_or_wake(f, a)
    if a and (not f or world.acts[a].at <= sleeping[f].at) then
      local act = table.remove(world.acts, a)
      world.now = math.max(world.now, act.at)
      if act.visit then world.visit(act.visit.method, act.visit.path, act.visit.form)
      else u.handlers[act.call](act.with) end
    else
      local flow = sleeping[f]
      world.now = math.max(world.now, flow.at)
      if not run_flow(flow) then table.remove(sleeping, f) end
    end
  end

  -- Runs all flows until nothing more is to come, or until that time.
  function world.go(to)
    begin_flows()
    while #sleeping + #world.acts > 0 do
      local f, a = next_of(sleeping), next_of(world.acts)
      local at = math.min(f and sleeping[f].at or math.huge, a and world.acts[a].at or math.huge)
      if at > (to or math.huge) then break end
      act_or_wake(f, a)
      begin_flows()
    end
    world.now = to or world.now
  end

  -- The same from then on.
  function world.run(from, to)
    world.now, world.acts = from, {}
    world.go(to)
  end

  -- What the engine hands to the report: mails, and the flows that ended without one.
  function world.effects()
    local list = {}
    for _, mail in ipairs(u.mails) do
      list[#list + 1] = { at = mail.at, kind = "mail", flow = mail.flow, key = mail.key, label = mail.label,
        args = mail }
    end
    for _, r in ipairs(u.results) do
      if r.result.skipped then
        list[#list + 1] = { at = r.at, kind = "done", flow = r.name, key = r.key, label = r.label,
          why = r.result.skipped }
      end
    end
    return list
  end

  return world
end

-- Loads a script as usher does: the words as globals, then its end. Returns the world, or raises its error.
function stub.load(source, files, folder, chunk_name)
  for name in pairs(package.loaded) do
    if name:find("^usher%.") then package.loaded[name] = nil end
  end
  local world = stub.new(files, folder)
  _G.usher = world.usher
  for word, fn in pairs(require "usher.init") do _G[word] = fn end
  assert(load(source, "@" .. (chunk_name or "test.lua"), "t"))()
  if world.at_end then world.at_end() end
  return world
end

return stub
