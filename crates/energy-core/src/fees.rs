//! The fee on a trade and who keeps the remainder.

/// Basis points in the whole.
pub const BPS: u64 = 10_000;

/// What the seller receives of `gross` payment units after a fee of `fee_bps` basis points:
/// `floor(gross * (10_000 - fee_bps) / 10_000)`. The fee seat gets the rest, so the
/// remainder of the division is part of the fee and no unit is lost.
///
/// A gross amount whose product leaves 64 bits (from 1.8e15 units) is computed from quotient and
/// remainder by 10,000, with the same result.
/// `fee_bps` above 10,000 counts as 10,000.
#[inline(always)]
pub fn net_of_fee(gross: u64, fee_bps: u16) -> u64 {
    let keep = BPS - u64::from(fee_bps).min(BPS);
    if gross <= u64::MAX / BPS {
        return gross.wrapping_mul(keep) / BPS;
    }
    let (whole, rest) = (gross / BPS, gross % BPS);
    whole.wrapping_mul(keep).wrapping_add(rest.wrapping_mul(keep) / BPS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_figures() {
        assert_eq!(net_of_fee(7_500, 0), 7_500);
        assert_eq!(net_of_fee(7_500, 100), 7_425);
        assert_eq!(net_of_fee(4_500, 100), 4_455);
    }

    #[test]
    fn equals_the_exact_quotient() {
        let most = u64::MAX / BPS;
        for gross in [0, 1, 99, 100, 9_999, 10_000, 10_001, most, most + 1, u64::MAX / 3, u64::MAX] {
            for fee in [0u16, 1, 33, 100, 999, 10_000] {
                let exact = u128::from(gross) * u128::from(10_000 - fee) / 10_000;
                assert_eq!(u128::from(net_of_fee(gross, fee)), exact);
            }
        }
    }
}
