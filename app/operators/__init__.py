"""Operators: who may look after the product, how they sign in, what they did."""
