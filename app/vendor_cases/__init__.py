"""What is monday.com's own to mend: reported, followed up, answered, and told to all who meet it."""
