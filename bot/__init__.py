"""Composition: settings, dependencies, processes and the command line. The only place where things are built."""
