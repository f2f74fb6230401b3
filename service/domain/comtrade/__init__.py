"""UN Comtrade's layout: its areas, labels, and the cells of its rows."""
