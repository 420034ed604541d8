"""Whose details are past their time, and erasing them."""
