"""The role `office`: papers of what meetings show, and scheduled briefs."""
