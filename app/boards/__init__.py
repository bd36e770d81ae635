"""The boards the product makes in each account, and what stands where on them."""
