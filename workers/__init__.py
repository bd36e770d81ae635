"""The processes that work: the RQ worker and the timers."""
