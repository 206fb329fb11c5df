-- SPDX-License-Identifier: MIT
-- reply: whole answers in a first line. Dzongkha, machine-made: to be reviewed by a speaker.
return {
  yes = "འོང་|འོང་ནི་ཨིན",
  no = "མི་འོང|འོང་མི་ཚུགས",
}
