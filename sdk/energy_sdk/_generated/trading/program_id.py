from solders.pubkey import Pubkey

PROGRAM_ID = Pubkey.from_string("trdEYHHQ8jafNUVfuztRA6qbrsjgci3JVxUF7iNQo4n")
