"""What needs a coordinator's decision, people's reports of problems, and the decisions."""
