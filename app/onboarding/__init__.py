"""From an installed account to a connected customer: boards, agreement, group on the desk."""
