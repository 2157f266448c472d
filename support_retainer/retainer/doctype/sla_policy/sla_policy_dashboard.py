def get_data() -> dict:
    """Connections of the form: where this policy promises something."""
    return {"fieldname": "sla_policy", "transactions": [{"items": ["Support Package", "Issue"]}]}
