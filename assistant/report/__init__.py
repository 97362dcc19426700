"""The doctor's page: one sheet of facts from the journal, also as data and to be read aloud."""
