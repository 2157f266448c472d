"""What an invoice says about the contract and the billing period it is for; lines may be of several."""

from support_retainer.customizations.field import contract_link, field


def _period(insert_after: str, **properties: object) -> dict:
    return field(
        "retainer_billing_period",
        "Link",
        "Retainer Billing Period",
        insert_after,
        options="Retainer Billing Period",
        read_only=1,
        no_copy=1,
        print_hide=1,
        search_index=1,
        **properties,
    )


SALES_INVOICE = [
    # Billing fills it; by hand it says which contract a top-up pack is for.
    contract_link(
        "subscription",
        in_standard_filter=1,
        read_only_depends_on="eval:doc.retainer_billing_period",
        no_copy=1,
        print_hide=1,
    ),
    _period("retainer_contract"),
]
SALES_INVOICE_ITEM = [
    _period("service_end_date", depends_on="retainer_billing_period"),
    field(
        "maintenance_job",
        "Link",
        "Maintenance Job",
        "retainer_billing_period",
        options="Maintenance Job",
        read_only=1,
        no_copy=1,
        print_hide=1,
        search_index=1,
        depends_on="maintenance_job",
        description="Whose one-off fee this line charges.",
    ),
]
