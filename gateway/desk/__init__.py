"""One module a verb family: what is asked, what is answered."""
