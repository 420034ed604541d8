"""Measurements: baseline and ours side by side in one run, as ratios. ``make bench`` prints; no test asserts them."""
