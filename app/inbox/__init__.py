"""The inbox: every event that reached us, stored before it is acknowledged, handled once."""
