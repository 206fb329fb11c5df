-- SPDX-License-Identifier: MIT
-- survey_texts: the ready-made mails of surveys and interest forms.
-- Dzongkha, machine-made: to be reviewed by a speaker.
local texts <const> = {}

texts["survey-opens"] = {
  subject = "ཁྱོད་ཀྱི་བསམ་འཆར་གནང་། {title}",
  text = [[
{full_name} མཆོག་ལུ།

གཤམ་གསལ་ནང་ ང་བཅས་དང་གཅིག་ཁར་འབྱོན་མི་ལུ་ བཀའ་དྲིན་ཆེ།

**{title}**

ཁྱོད་ཀྱི་དོན་ལུ་ ག་དེ་སྦེ་འདུག་ག་ སླབ་གནང་། སྐར་མ་དག་པ་ཅིག་འགོརཝ་ཨིན།

{survey_link}

ཁ་མ་བསྡམས་ཚུན་ འབྲེལ་མཐུད་འདི་གིས་ ལན་གསལ་བསྒྱུར་བཅོས་འབད་ཚུགས།

གུས་ཞབས་དང་བཅས།

{signature}
]],
}

texts["survey-opens-anonymous"] = {
  subject = texts["survey-opens"].subject,
  text = [[
{full_name} མཆོག་ལུ།

གཤམ་གསལ་ནང་ ང་བཅས་དང་གཅིག་ཁར་འབྱོན་མི་ལུ་ བཀའ་དྲིན་ཆེ།

**{title}**

ཁྱོད་ཀྱི་དོན་ལུ་ ག་དེ་སྦེ་འདུག་ག་ སླབ་གནང་། སྐར་མ་དག་པ་ཅིག་འགོརཝ་ཨིན།

{survey_link}

དྲི་ཞིབ་འདི་མིང་མེད་ཨིན། འབྲེལ་མཐུད་འདི་ ཁྱོད་རང་གི་ཨིན། ཚར་གཅིག་ལན་གསལ་འབད་ནི་དང་ ལན་གསལ་མ་འབད་ཚུན་
དྲན་སྐུལ་འབད་ནིའི་དོན་ལུ་ཨིན། ལན་གསལ་ཚུ་ མིང་དང་དུས་ཚོད་མེད་པར་ དེ་ལས་སོ་སོར་བཞགཔ་ཨིན།

གུས་ཞབས་དང་བཅས།

{signature}
]],
}

texts["survey-before"] = {
  subject = "འགོ་མ་བཙུགས་པའི་ཧེ་མ། {title}",
  text = [[
{full_name} མཆོག་ལུ།

**{title}** འདི་ ཁྱོད་ལུ་ཕན་ཐོགས་འབྱུང་ནིའི་དོན་ལུ་ ད་རེས་ཁྱོད་ག་ཏེ་ལྷོད་ཡི་ག་ སླབ་གནང་། སྐར་མ་གཅིག་འགོརཝ་ཨིན།

{survey_link}

ཞལ་འཛོམས་ཀྱི་ཤུལ་ལས་ འདི་རང་ལོག་དྲི་འོང་།

གུས་ཞབས་དང་བཅས།

{signature}
]],
}

texts["survey-before-anonymous"] = {
  subject = texts["survey-before"].subject,
  text = [[
{full_name} མཆོག་ལུ།

**{title}** འདི་ ཁྱོད་ལུ་ཕན་ཐོགས་འབྱུང་ནིའི་དོན་ལུ་ ད་རེས་ཁྱོད་ག་ཏེ་ལྷོད་ཡི་ག་ སླབ་གནང་། སྐར་མ་གཅིག་འགོརཝ་ཨིན།

{survey_link}

འདི་མིང་མེད་ཨིན། ལན་གསལ་ཚུ་ མིང་དང་དུས་ཚོད་མེད་པར་བཞགཔ་ཨིན།
ཞལ་འཛོམས་ཀྱི་ཤུལ་ལས་ འདི་རང་ལོག་དྲི་འོང་།

གུས་ཞབས་དང་བཅས།

{signature}
]],
}

texts["survey-nudge"] = {
  subject = "ཁྱོད་ཀྱི་བསམ་འཆར་ ད་ལྟོ་ཡང་དགོཔ་ཨིན། {title}",
  text = [[
{full_name} མཆོག་ལུ།

**{title}** འདི་ ཁྱོད་ཀྱི་དོན་ལུ་ ག་དེ་སྦེ་འདུག་ག་ ཤེས་འདོད་ཡོད།

{survey_link}

གུས་ཞབས་དང་བཅས།

{signature}
]],
}

texts["survey-nudge-anonymous"] = {
  subject = texts["survey-nudge"].subject,
  text = [[
{full_name} མཆོག་ལུ།

**{title}** འདི་ ཁྱོད་ཀྱི་དོན་ལུ་ ག་དེ་སྦེ་འདུག་ག་ ཤེས་འདོད་ཡོད།

{survey_link}

དྲི་ཞིབ་འདི་མིང་མེད་ཨིན། ཁྱོད་ཀྱིས་ལན་གསལ་མ་འབད་བར་ཡོད་ཟེར་ཤེས་ དེ་ལས་ལྷག་ཅི་ཡང་མི་ཤེས།

གུས་ཞབས་དང་བཅས།

{signature}
]],
}

texts["survey-last"] = {
  subject = "ད་རིས་མཇུག་གི་ཉིནམ་ཨིན། {title}",
  text = texts["survey-nudge"].text,
}

texts["survey-last-anonymous"] = {
  subject = texts["survey-last"].subject,
  text = texts["survey-nudge-anonymous"].text,
}

texts["interest-opens"] = {
  subject = "ཤུལ་ལས་ག་ཅི? {title}",
  text = [[
{full_name} མཆོག་ལུ།

གཤམ་གསལ་གྱི་ཤུལ་ལས་འོང་མི་གི་སྐོར་ གོ་འདོད་ཡོད་པ་ཅིན།

**{title}**

འདི་ནང་ ཁྱོད་ཀྱི་མིང་དང་གཅིག་ཁར་ སླབ་གནང་།

{interest_link}

གུས་ཞབས་དང་བཅས།

{signature}
]],
}

texts["interest-nudge"] = {
  subject = "འདི་ལས་ལྷག་གོ་དོ་ག? {title}",
  text = texts["interest-opens"].text,
}

return texts
