from solders.pubkey import Pubkey

PROGRAM_ID = Pubkey.from_string("regtmQe5xibWbUhW3kruonXdFdHCcM669Q31NtdjZgj")
