"""The promises that hold when processes are killed and files harmed."""
