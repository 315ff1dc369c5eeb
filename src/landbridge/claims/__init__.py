"""The claims ledger: what was claimed, against what was found, by rules stated beforehand."""
