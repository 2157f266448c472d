from support_retainer.domain.site_use import MODULE_OF, Use


def test_the_busiest_modules_come_first_and_those_without_documents_not_at_all():
    use = Use(7, {"Sales Invoice": 30, "Payment Entry": 12, "Quotation": 5, "Task": 42, "Lead": 0, "Issue": 4})
    assert use.made == 93
    assert use.busiest() == [("Accounts", 42), ("Projects", 42), ("Selling", 5)]
    assert use.busiest(most=9)[-1] == ("Support", 4)


def test_a_doctype_that_nobody_knows_counts_as_made_but_in_no_module():
    assert Use(1, {"Unheard Of": 3}).made == 3
    assert Use(1, {"Unheard Of": 3}).busiest() == []


def test_a_doctype_belongs_to_one_module():
    assert MODULE_OF["Journal Entry"] == "Accounts"
    assert len(MODULE_OF) == 16


def test_documents_that_could_not_be_counted_are_not_none_made():
    assert Use(4).made is None
    assert Use(4, {"Task": 0}).made == 0
