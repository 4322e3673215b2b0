from solders.pubkey import Pubkey

PROGRAM_ID = Pubkey.from_string("gov9GFUK2CdLJNJz5w7T1SMwXmDQmAH4jttBAuTasXb")
