-- SPDX-License-Identifier: MIT
-- links: the addresses in people's mails. Each stands for one person and one purpose, and says neither name
-- nor address; a link of one kind opens nothing of another. An assistant's links are of a purpose of their
-- own, and a deputy's have a number of their own (generation): so a page knows who is in front of it
-- (usher.bearer).
local links = {}

-- kind -> what stands before the token
local places <const> = {
  answer = "/a/",       -- yes, no, somebody else comes
  join = "/j/",         -- one link for the life of the event
  survey = "/s/",
  interest = "/i/",
  signup = "/p/",       -- one's own sign-up: change, cancel, take an offered seat
  ask = "/ask/",        -- questions to the speakers
  unsubscribe = "/u/",
  calendar = "/cal/",
  certificate = "/certificate/", -- one's own; what a code opens is /c/CODE, and no link of a person's
  login = "/login/",    -- the organisers' dashboard
  run = "/run/",        -- run of show, for the host
}

-- links.purpose(kind, assistant) -> text: what usher.link is asked for
function links.purpose(kind, assistant)
  return assistant and kind .. "-assistant" or kind
end

-- links.path(kind, whose, options) -> "/a/TOKEN". whose: a person as they are now, or a key. options:
-- expires and generation as in usher.link.make; assistant = true: the link of that person's assistant.
function links.path(kind, whose, options)
  local o, person = options or {}, type(whose) == "table" and whose or { key = whose }
  local generation = o.generation or not o.assistant and person.generation or nil
  return places[kind] .. usher.link.make(links.purpose(kind, o.assistant), person.key,
    { expires = o.expires, generation = generation })
end

-- links.url(kind, whose, options) -> "https://events.example/a/TOKEN", or nil without a web address
function links.url(kind, whose, options)
  return usher.http.url(links.path(kind, whose, options))
end

-- links.to_answer(person) -> "answer", or "signup": on which page that person says whether they come. Whoever
-- signed up has a page of their own for it, where seats are counted.
function links.to_answer(person)
  return person.key:find("^signup%-") and "signup" or "answer"
end

-- links.route(kind, rest) -> "/a/:token": the pattern for usher.http.route
function links.route(kind, rest)
  return places[kind] .. ":token" .. (rest or "")
end

-- links.here(kind, request, rest) -> "/a/TOKEN": the address by which a request came, for forms and ways
-- back
function links.here(kind, request, rest)
  return places[kind] .. request.params.token .. (rest or "")
end

-- links.subject(kind, request) -> key, generation | nil, "wrong" | "expired": whose link the request came
-- by
function links.subject(kind, request)
  return usher.link.read(kind, request.params.token)
end

return links
