import pytest

from integrations.odoo.groups import group_for


@pytest.mark.parametrize(
    ("model", "operation", "group"),
    [
        ("stock.picking", "write", "stock.group_stock_user"),
        ("purchase.order.line", "read", "stock.group_stock_user"),
        ("purchase.order.line", "write", "purchase.group_purchase_user"),
        ("account.move.line", "read", "account.group_account_readonly"),
        ("account.move", "write", "purchase.group_purchase_user"),
        ("account.move.reversal", "create", "account.group_account_invoice"),
        ("project.task", "create", "project.group_project_user"),
        ("ir.attachment", "create", "stock.group_stock_user"),
        ("ir.model", "read", "base.group_system"),
        ("mail.activity", "create", "base.group_user"),
    ],
)
def test_the_least_group_that_is_enough(model, operation, group):
    found = group_for(model, operation)
    assert found is not None
    assert found.xml_id == group


@pytest.mark.parametrize(("model", "operation"), [("res.partner", "write"), ("x_custom", "read")])
def test_no_group_is_named_that_was_not_measured(model, operation):
    assert group_for(model, operation) is None
