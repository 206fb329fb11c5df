-- SPDX-License-Identifier: MIT
-- fields: words that stand in forms. Dzongkha, machine-made: to be reviewed by a speaker.
return {
  optional = "(འདོད་པ་ཡོད་པ་ཅིན་)",
  needed = "(དགོཔ་ཨིན།)",
  yes = "ཨིན།",
  no = "མེན།",
  missing = "འདི་ནང་བཀང་གནང་།",
  choose = "གཅིག་གདམ་གནང་།",
  choose_each = "གྲལ་ཐིག་རེ་རེའི་ནང་ གཅིག་གདམ་གནང་།",
  too_long = "འདི་རིངམ་འདུག",
  not_text = "འདི་ཡིག་རྐྱང་སྦེ་ལྷག་མི་ཚུགས།",
  no_links = "ནཱ་ལུ་ ཡོངས་འབྲེལ་ཁ་བྱང་མ་འབྲི།",
  not_a_mail = "འདི་གློག་འཕྲིན་ཁ་བྱང་མེན། name@office.example བཟུམ་སྦེ་འབྲི་དགོ།",
}
