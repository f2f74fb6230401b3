"""The response contract: fields and the envelope."""
