"""The one validated request for care behind every way in: form, file, later staff and partners."""
