"""The ground floor: tables, transactions, migrations and encryption at rest. It knows no rule of the desk."""
