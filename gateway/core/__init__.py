"""Pure: adjudication, rules, money, postings, digests. No I/O, no clock."""
