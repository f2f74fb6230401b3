"""Words of a text: tokens, the lexicon, numbers in words, and phrases that depend on their neighbours."""
