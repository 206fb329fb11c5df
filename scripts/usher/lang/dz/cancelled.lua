-- SPDX-License-Identifier: MIT
-- cancelled: what pages say of an event that does not take place. Dzongkha, machine-made: to be reviewed by a
-- speaker.
return {
  title = "ཞལ་འཛོམས་འདི་ ཆ་མེད་བཏང་ཡོད།",
  lead = "ཞལ་འཛོམས་འདི་འཚོགས་ནི་མེདཔ་ལས་ བློ་ཕམ་ཡོད། ཁྱོད་ཀྱིས་ ག་ནི་ཡང་འབད་དགོཔ་མེད།",
}
