"""What callers do, told without any socket: a scenario yields messages and is sent what was answered to them."""
