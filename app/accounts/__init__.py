"""The monday.com accounts that let the app in, and the tokens they gave."""
