"""monday.com's app framework, as far as an app's backend meets it: installs, subscriptions, views, blocks."""
