-- SPDX-License-Identifier: MIT
-- letters: what the organisers are told about deputies, as one sentence without its full stop.
-- Dzongkha, machine-made: to be reviewed by a speaker.
return {
  news_named = "{guest} གི་ཚབ་ལུ་ {deputy} འབྱོན་ནི་ཨིན",
  news_back = "{guest} རང་འབྱོན་ནི་ཨིན་ {deputy} མི་འབྱོན",
  news_nobody = "{guest} དང་ {deputy} གཉིས་ཆ་ར་མི་འབྱོན",
  news_declined = "{guest} གི་ཚབ་ལུ་ {deputy} འབྱོན་མི་ཚུགས",
}
