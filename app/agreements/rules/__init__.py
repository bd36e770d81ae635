"""What agreements give: the table, whose agreement holds when, custom terms, prices. Pure."""
