//! Units, epoch arithmetic and the call auction.
