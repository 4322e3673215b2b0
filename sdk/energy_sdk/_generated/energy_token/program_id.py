from solders.pubkey import Pubkey

PROGRAM_ID = Pubkey.from_string("enebPbuKrxdshP5ufkUKP4TnRKPwdT6KSzyzhzkQ1RW")
