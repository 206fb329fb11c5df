-- SPDX-License-Identifier: MIT
-- mails: what stands around and between the values that placeholders put into mails. Markdown.
-- Dzongkha, machine-made: to be reviewed by a speaker.
return {
  copy = "{name} ལུ་གཏང་མི་གི་འདྲ་བཤུས་ཨིན།",
  answer_here = "ཁྱོད་འབྱོན་ནི་ཨིན་ན་མེན་ན་ ཡང་ན་ ཁྱོད་ཀྱི་ཚབ་ལུ་ག་འབྱོན་ནི་ཨིན་ན་ ནཱ་ལུ་གསུང་གནང་། {link}",
  answer_for = "{name} འབྱོན་ནི་ཨིན་ན་མེན་ན་ ཡང་ན་ ཚབ་ལུ་ག་འབྱོན་ནི་ཨིན་ན་ ནཱ་ལུ་གསུང་གནང་། {link}",
  answer_by_reply = "ཁྱོད་འབྱོན་ནི་ཨིན་ན་མེན་ན་གསུང་གནང་། "
    .. "གློག་འཕྲིན་འདི་ལུ་ *ཨིན་* ཡང་ན་ *མེན་* ཟེར་ལན་གནང་རུང་ལྷགཔ་མེད། "
    .. "ཁྱོད་ཀྱི་ཚབ་ལུ་གཞན་འབྱོན་ནི་ཨིན་པ་ཅིན་ ཁོང་གི་མཚན་གསུང་གནང་།",
  join_here = "ཉིནམ་དེ་གི་དོན་ལུ་ཁྱོད་ཀྱི་འབྲེལ་མཐུད། {link}\n\nའགོ་མ་བཙུགས་པའི་སྔོན་ལུ་ "
    .. "ཆུ་ཚོད་ཕྱེད་ཀྱི་ཧེ་མ་ཁ་ཕྱེ་འོང་། དེ་ཚུན་ཚོད་ལས་རིམ་སྟོན་འོང་།",
  change_here = "འགྱུར་བ་འགྱོ་བ་ཅིན་ ནཱ་ལུ་གསུང་གནང་། {link}",
  change_by_reply = "འགྱུར་བ་འགྱོ་བ་ཅིན་ གློག་འཕྲིན་འདི་ལུ་ལན་གནང་རུང་ལྷགཔ་མེད།",
  which_is = "{own} དེ་ཡང་ {theirs}",
  times_of = "{place} གི་དུས་ཚོད།",
  floating = "{item} དུས་ཚོད་གཏན་འབེབས་མེད་ ཧེ་མའི་ལས་དོན་གྱི་ཤུལ་ལས་འཕྲོ་མཐུད།",
  list_and = "{list} དང་ {last}",
  and_then = " དེ་ལས་ ",
  programme_ends = "ལས་རིམ་གྱི་མཇུག",
  undecided = "ཤུལ་ལས་གསལ་བསྒྲགས་འབད་ནི།",
  meeting_id = " ཞལ་འཛོམས་ཨང་ {id}",
  passcode = " གསང་ཡིག་ {code}",
  guests = "མགྲོནམ།",
  counts = "{group} འབྱོན་ནི་ {yes} མི་འབྱོན་ནི་ {no} ལན་མེད་མི་ {none}",
  counts_tentative = " གཏན་འཁེལ་མེད་མི་ {n}",
  counts_waiting = " སྒུག་ཐོ་ནང་ཡོད་མི་ {n}",
  more = "དེ་ལས་གཞན་ {n}",
}
