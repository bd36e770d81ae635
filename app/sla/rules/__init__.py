"""SLA clocks as a pure fold of a ticket's events: what was promised, what counted, whether it was kept."""
