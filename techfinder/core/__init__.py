"""What every package stands on: session and transaction, jobs, change log, mail, audit, permissions, paging."""
