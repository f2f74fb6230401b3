"""The resource exchange-rates: the rates that currency conversion uses."""
