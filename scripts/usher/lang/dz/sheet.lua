-- SPDX-License-Identifier: MIT
-- sheet: what pages say about the event. Dzongkha, machine-made: to be reviewed by a speaker.
return {
  when = "ནམ།",
  where = "ག་ཏེ།",
  by = "གདན་འདྲེན་ཞུ་མི།",
  online = "ཡོངས་འབྲེལ་ཐོག་ལས། (Zoom)",
  objectives = "དམིགས་ཡུལ།",
  programme = "ལས་རིམ།",
  times_of = "{place} གི་དུས་ཚོད།",
  now = "ད་ལྟོ།",
}
