"""What mail decides: of letters, of answers to sending, of what comes. Pure."""
