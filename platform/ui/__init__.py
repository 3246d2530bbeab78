"""The ground floor of every page: safe text, safe JSON, errors, pages of rows, logs. No tables."""
