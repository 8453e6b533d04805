"""The business of collecting debts: money, invoices, receipts, promises, visits, dunning.

Every rule here is pure: it takes documents, money and a date, and returns a plan or a list of problems. The
phone, the server and the jobs run the same rules, which is why nothing here touches a clock, a disk, a
network or chance.
"""
