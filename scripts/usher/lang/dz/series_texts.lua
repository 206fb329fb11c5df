-- SPDX-License-Identifier: MIT
-- series_texts: the ready-made mails of a series, beside those of any event (texts.lua).
-- Dzongkha, machine-made: to be reviewed by a speaker.
local texts <const> = {}

texts["series/invitation"] = {
  subject = "གདན་འདྲེན་ཞུ་ཡིག {title}",
  text = [[
{full_name} མཆོག་ལུ།

{organisers} གིས་ ཁྱོད་ གཤམ་གསལ་གྱི་སྦྱོང་བརྡར་ནང་ལུ་ གདན་འདྲེན་ཞུ་དོ་ཡོདཔ་ཨིན།

**{title}**

{sessions}

{venue}

སྦྱོང་བརྡར་གྱི་དམིགས་ཡུལ།

{objectives}

{how_to_answer}

གུས་ཞབས་དང་བཅས།

{organisers}
]],
}

texts["series/joining"] = {
  subject = "འཛུལ་ཐངས། {title}",
  text = [[
{full_name} མཆོག་ལུ།

ཤུལ་མའི་ཚོགས་ཐེངས་ནང་ འཛུལ་ཐངས་འདི་ གཤམ་གསལ་ལྟར་ཨིན།

**{title}**

{when_both}

{how_to_join}

{how_to_change}

གུས་ཞབས་དང་བཅས།

{organisers}
]],
}

texts["series/speaker-briefing"] = {
  subject = "ཁྱོད་ཀྱི་ཚོགས་ཐེངས། {title}",
  text = [[
{full_name} མཆོག་ལུ།

ཁྱོད་ཀྱི་ཚོགས་ཐེངས་ལུ་ བཀའ་དྲིན་ཆེ།

**{title}**

{when_both}

{where}

གུས་ཞབས་དང་བཅས།

{organisers}
]],
}

texts["series/speaker-reminder"] = {
  subject = "ཤུལ་མམ། {title}",
  text = [[
{full_name} མཆོག་ལུ།

**{title}**

{when_both}

{where}

གུས་ཞབས་དང་བཅས།

{organisers}
]],
}

texts["series/thank-you"] = {
  subject = "བཀའ་དྲིན་ཆེ། {title}",
  text = [[
{full_name} མཆོག་ལུ།

ཁྱོད་བྱོན་གནང་མི་ལུ་ བཀའ་དྲིན་ཆེ།

**{title}**

{when_both}

གུས་ཞབས་དང་བཅས།

{organisers}
]],
}

texts["series/passed"] = {
  subject = "སྦྱོང་བརྡར་མཇུག་བསྡུ་ཡི། {series}",
  text = [[
{full_name} མཆོག་ལུ།

ཁྱོད་ཀྱིས་ གཤམ་གསལ་གྱི་སྦྱོང་བརྡར་མཇུག་བསྡུ་ཡི།

**{series}**

བཀའ་དྲིན་ཆེ།

གུས་ཞབས་དང་བཅས།

{organisers}
]],
}

texts["session-off"] = {
  subject = "ཚོགས་ཐེངས་འདི་མི་འཚོགས། {title}",
  text = [[
{full_name} མཆོག་ལུ།

ཚོགས་ཐེངས་འདི་ མི་འཚོགས་པས་ ཞུ་ནི་ཨིན།

**{title}**

{when_both}

ཚོགས་ཐེངས་གཞན་ཚུ་ སྔོན་བཞིན་འཚོགས་འོང་།

གུས་ཞབས་དང་བཅས།

{signature}
]],
}

return texts
