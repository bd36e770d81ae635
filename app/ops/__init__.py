"""For whoever runs the product: is it alive, is it ready, what waits, what is parked."""
