"""Pages and endpoints: the public form, Slack's signed requests, health. Composed into one app by ``bot``."""
