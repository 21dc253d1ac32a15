"""What the administrators' pages are made of: one module a page, and what all of them have."""
