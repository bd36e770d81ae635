"""The mirror: one story on two boards, in accounts that monday.com can't connect."""
