"""One inbox for a person: in-page, push, e-mail."""
