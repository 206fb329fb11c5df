-- SPDX-License-Identifier: MIT
-- common: words that stand on every page. Dzongkha, machine-made: to be reviewed by a speaker.
return {
  questions = "དྲི་བ་ཡོད་པ་ཅིན་ {from} ལུ་བྲིས་གནང་།",
  practice = "སྦྱོང་བརྡར། འདི་ནང་ཡོད་མི་ཚུ་ངོ་མ་མེན།",
  back = "ལོག",
  send = "གཏང་།",
  expired_title = "འབྲེལ་མཐུད་འདི་ད་ལས་ཕར་མི་ཆོག",
  expired = "འདི་དུས་ཡུན་ཚད་ཅན་ཅིག་གི་དོན་ལུ་བཟོ་ཡོདཔ་ཨིན། ང་བཅས་ལུ་བྲིས་གནང་།",
  gone_title = "འབྲེལ་མཐུད་འདི་ད་ལས་ཕར་མི་ཆོག",
  gone = "འབྲེལ་མཐུད་འདི་གི་བདག་པོ་ ཐོ་ནང་མེད། འདི་འཛོལ་བ་ཨིན་པ་ཅིན་ ང་བཅས་ལུ་བྲིས་གནང་།",
}
