"""The payment point: agents, products, billers, ledger, transactions, H+1 reconciliation."""
