"""One module a family of rules; each rule is one small function."""
