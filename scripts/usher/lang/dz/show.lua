-- SPDX-License-Identifier: MIT
-- show: what is on now, for guests; and the mail to a speaker whose time has moved. Dzongkha, machine-made:
-- to be reviewed by a speaker.
return {
  now = "ད་ལྟོ།",
  next = "ཤུལ་མམ།",
  until_ = "ཆུ་ཚོད་ {time} ཚུན་ཚོད།",
  at = "ཆུ་ཚོད་ {time} ལུ།",
  then_ = "དེ་ལས་འཕྲལ་ཁར།",
  over = "ལས་རིམ་ཚར་ཡོདཔ་ཨིན།",
  new_time_subject = "དུས་ཚོད་གསརཔ། {item} ཆུ་ཚོད་ {time}",
  new_time_later = "{name} ལུ།\n\nང་བཅས་ཕྱིས་ཡོདཔ་ལས་ ཁྱོད་རའི་ **{item}** འདི་ {when} ལུ་འགོ་བཙུགས་འོང་།\n",
  new_time_earlier = "{name} ལུ།\n\nང་བཅས་སྔ་ཡོདཔ་ལས་ ཁྱོད་རའི་ **{item}** འདི་ {when} ལུ་འགོ་བཙུགས་འོང་།\n",
}
