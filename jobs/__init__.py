"""Time and delivery: the arq worker, deadlines, the sweep, and the outbox to Slack, email and SMS.

The database rows are the truth; a job is a hint to look at one early, carries ids only, and may be lost.
"""
