"""What vendor cases decide without looking anywhere: pure."""
