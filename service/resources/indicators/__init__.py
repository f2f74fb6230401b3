"""The resource indicators: figures of surveys and other context, with dates and sources."""
