"""What may be called when: pure rules over an account's books."""
