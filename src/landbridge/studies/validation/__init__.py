"""How far is modelled freight from what is carried? The baseline beside published figures."""
