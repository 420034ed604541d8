"""Who refers clients: their links, what became of it, and what they may be told."""
