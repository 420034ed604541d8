"""The desk: the rules of a referral's life, and one function per use case.

Rules (lifecycle, eligibility, notices) are pure and take ``now``. A use case is a plain function whose first argument
is a Tx: it loads, asks the rules, writes, and returns an outcome; the Desk runs it in one transaction and wakes the
jobs after the commit. Nothing here talks to Slack, mail or a queue.
"""
