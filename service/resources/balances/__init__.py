"""The resource balances: exports, imports and their balance."""
