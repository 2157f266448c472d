def get_data() -> dict:
    """Connections of the form: every posting to this account."""
    return {"fieldname": "ledger", "transactions": [{"items": ["Hour Ledger Entry"]}]}
