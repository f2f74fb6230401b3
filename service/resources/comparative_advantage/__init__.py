"""In which goods a reporter is specialised: revealed comparative advantage."""
