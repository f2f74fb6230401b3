"""UN Comtrade's API over the loaded data, so that its clients work unmodified."""
