-- SPDX-License-Identifier: MIT
-- links: the addresses in people's mails. Each stands for one person and one purpose, and says neither name
-- nor address; a link of one kind opens nothing of another.
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
  calendar = "/c/",
  login = "/login/",    -- the organisers' dashboard
  run = "/run/",        -- run of show, for the host
}

-- links.path(kind, subject, options) -> "/a/TOKEN". subject: a person's key; options as in usher.link.make.
function links.path(kind, subject, options)
  return places[kind] .. usher.link.make(kind, subject, options)
end

-- links.url(kind, subject, options) -> "https://events.example/a/TOKEN", or nil without a web address
function links.url(kind, subject, options)
  return usher.http.url(links.path(kind, subject, options))
end

-- links.route(kind, rest) -> "/a/:token": the pattern for usher.http.route
function links.route(kind, rest)
  return places[kind] .. ":token" .. (rest or "")
end

-- links.subject(kind, request) -> key, generation | nil, "wrong" | "expired": whose link the request came by
function links.subject(kind, request)
  return usher.link.read(kind, request.params.token)
end

return links
