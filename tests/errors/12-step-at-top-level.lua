-- SPDX-License-Identifier: MIT
-- Broken on purpose: a step stands outside of every flow.
usher.describe { id = "briefing", zone = "Asia/Thimphu" }

usher.sleep("2 days")
