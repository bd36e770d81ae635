"""Mail that is sent for a subject, and what is answered to it: threads, each mail once, nothing dropped."""
