-- SPDX-License-Identifier: MIT
-- series: an event of several sessions, on pages and in mails.
-- Dzongkha, machine-made: to be reviewed by a speaker.
return {
  titled = "{n}. {title}",
  untitled = "ཚོགས་ཐེངས་ {n} པ་",
  makes_up = "ཁ་སྐོང་ཚོགས་ཐེངས་",
  title = "{series} ཚོགས་ཐེངས་ {n} / {all}",
  title_titled = "{series} {n} / {all} {title}",
  title_made_up = "{series} {title}",
  sessions = "ཚོགས་ཐེངས་ཚུ་",
  next = "ཤུལ་མམ་",
  over = "མཇུག་བསྡུ་ཡི་",
  you_came = "ཁྱོད་བྱོན་ཡི་",
  not_yours = "ཁྱོད་མི་བྱོན་",
  choose = "ཁྱོད་ ཚོགས་ཐེངས་ག་ཅི་ལུ་འབྱོན་ནི་ཨིན་ན?",
  choose_one = "ཉུང་ཤོས་ ཚོགས་ཐེངས་གཅིག་ གདམ་གནང་།",
}
