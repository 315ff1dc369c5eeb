"""What a measure is made of: fields, costs of pairs, money, cargo, parties, what is uncertain."""
