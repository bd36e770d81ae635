"""`make run`: the whole product on one machine, beside a local monday.com, with an opening scene."""
