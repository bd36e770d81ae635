"""Fixes of a customer's configuration: agreed to, summed up; and what the cause of a ticket was."""
