//! What the random choices of tests are made of.

/// Spreads the bits of a number: the last part of `SplitMix64`.
pub(crate) fn spread(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// By this much `SplitMix64` goes on.
pub(crate) const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
