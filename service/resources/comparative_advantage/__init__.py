"""The resource comparative-advantage: revealed comparative advantage of a reporter by commodity."""
