def get_data() -> dict:
    """Connections of the form: the contracts that sell this package."""
    return {"fieldname": "package", "transactions": [{"items": ["Retainer Contract"]}]}
