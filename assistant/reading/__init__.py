"""The reader: a question and a few short windows of passages in, for each sentence the log-odds that it answers out, and the
short answer within it; from these, how likely the library answers at all. May import `index` and `assistant`'s types."""
