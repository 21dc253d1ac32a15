"""The role `archive`: the log into SQL, and the log mended out of SQL."""
