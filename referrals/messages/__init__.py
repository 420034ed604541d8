"""The practice's own words for its mails: which there are, what may stand in them, and filling them in."""
