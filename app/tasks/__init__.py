"""The technicians' task list: the subitems of the desk's item, and what of it a customer is shown."""
