"""Changes to fields of ERPNext that a custom field can't make."""

# An issue's own page asks for the SLA of ERPNext; ours is the SLA Policy next to it, so both can be read.
PROPERTY_SETTERS: tuple[dict, ...] = ()
