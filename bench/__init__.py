"""Measurements: baseline and ours side by side in one run, as ratios. ``make bench`` prints them; no test asserts them."""
