"""A practice of 180 through a storm: its clients and people on a fast clock, its processes killed, its servers failing.

``python -m bench.soak``. What is promised must hold at the end: nothing lost, nothing twice, nothing told to the wrong.
"""
