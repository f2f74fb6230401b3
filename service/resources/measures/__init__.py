"""The resource measures: trade measures, and affected trade before and after them."""
