"""The archive in SQL: tables and migrations, one writer, readers, history."""
