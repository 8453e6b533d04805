"""An ERP that exchanges files: tables come in from a folder, receipts go out into it, answers come back."""
