"""Whole files from the command line: the roster, and referrals. Checked line by line, applied all or nothing."""
