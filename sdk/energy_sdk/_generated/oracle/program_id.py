from solders.pubkey import Pubkey

PROGRAM_ID = Pubkey.from_string("orc5yFja8THivAo6PRQkCX8zMttnRWpowvhznzAo9rz")
