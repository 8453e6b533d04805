"""Any SQL database as an ERP: SQLAlchemy runs the statements that a mapping file names."""
