-- SPDX-License-Identifier: MIT
-- reply: the first line of a guest's reply that is a whole answer, and nothing else; several stand between |.
return {
  yes = "yes|yes please|yes i will come|i will come|yes i am coming|i am coming|coming|accepted|i accept",
  no = "no|no thank you|no thanks|no i will not come|i will not come|i cannot come|i can't come|not coming"
    .. "|declined|i decline",
}
