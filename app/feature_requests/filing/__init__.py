"""Filing approved feature requests with monday.com: by mail, in its forum, or by hand, and never twice."""
