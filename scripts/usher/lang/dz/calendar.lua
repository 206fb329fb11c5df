-- SPDX-License-Identifier: MIT
-- calendar: what stands in calendar entries, and on the page where one subscribes to them. Dzongkha,
-- machine-made: to be reviewed by a speaker.
return {
  join = "བཅའ་མར་གཏོགས་ནིའི་འབྲེལ་ལམ་: {url}",
  id = "འཛོམས་འདུའི་ཨང་: {id}",
  code = "གསང་ཨང་: {code}",
  by = "མགྲོན་འབོད་གནང་མི་: {organisers}",
  in_the_mail = "Zoom: འབྲེལ་ལམ་འདི་ གློག་འཕྲིན་ནང་ཡོད།",
  title = "ཁྱོད་ཀྱི་ཟླ་ཐོ་ནང་",
  lead = "ཚར་གཅིག་ ཐོ་བཀོད་འབད་བ་ཅིན་ དུས་ཚོད་དང་ས་གོ་བསྒྱུར་བཅོས་ཚུ་ ཟླ་ཐོ་ནང་ རང་བཞིན་གྱིས་འཐོན་འོང་།",
  subscribe = "ཐོ་བཀོད་འབད།",
  address = "ཡང་ན་ ཁ་བྱང་འདི་ ཟླ་ཐོའི་ལས་རིམ་ནང་བཙུགས། འདི་ཁྱོད་རང་གི་ཨིནམ་ལས་ གཞན་ལུ་མ་བྱིན།",
  once = "ཤུལ་ལས་བསྒྱུར་བཅོས་མེད་པར་ ད་ལྟོའི་ཐོ་ཚུ་རྐྱངམ་ཅིག་ལེན་ནི་:",
}
