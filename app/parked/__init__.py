"""What waits for an operator: changes that monday.com refused, events that nothing could be done with."""
