//! Murmur3, 128 bits for 64-bit machines: how Kafka Streams tells in a foreign-key join whether an answer is about the value of now.

/// The seed that Kafka Streams takes.
const SEED: u64 = 104_729;
const C1: u64 = 0x87c3_7b91_1142_53d5;
const C2: u64 = 0x4cf5_ad43_2745_937f;

/// The hash of the bytes of a value, as it is written: both halves big endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueHash(pub(crate) [u8; 16]);

impl ValueHash {
    /// The hash of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let (h1, h2) = murmur3_128(bytes, SEED);
        let mut hash = [0; 16];
        hash[..8].copy_from_slice(&h1.to_be_bytes());
        hash[8..].copy_from_slice(&h2.to_be_bytes());
        ValueHash(hash)
    }
}

fn murmur3_128(bytes: &[u8], seed: u64) -> (u64, u64) {
    let (mut h1, mut h2) = (seed, seed);
    let (blocks, rest) = bytes.as_chunks::<16>();
    for block in blocks {
        h1 ^= first(half(&block[..8]));
        h1 = h1.rotate_left(27).wrapping_add(h2).wrapping_mul(5).wrapping_add(0x52dc_e729);
        h2 ^= second(half(&block[8..]));
        h2 = h2.rotate_left(31).wrapping_add(h1).wrapping_mul(5).wrapping_add(0x3849_5ab5);
    }
    // Halves without bytes are 0, which is mixed to 0.
    let (low, high) = rest.split_at(rest.len().min(8));
    h1 ^= first(half(low));
    h2 ^= second(half(high));

    h1 ^= bytes.len() as u64;
    h2 ^= bytes.len() as u64;
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    h1 = avalanche(h1);
    h2 = avalanche(h2);
    h1 = h1.wrapping_add(h2);
    (h1, h2.wrapping_add(h1))
}

/// Up to 8 bytes, little endian.
fn half(bytes: &[u8]) -> u64 {
    let mut whole = [0; 8];
    whole[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(whole)
}

fn first(k: u64) -> u64 {
    k.wrapping_mul(C1).rotate_left(31).wrapping_mul(C2)
}

fn second(k: u64) -> u64 {
    k.wrapping_mul(C2).rotate_left(33).wrapping_mul(C1)
}

fn avalanche(mut h: u64) -> u64 {
    h ^= h >> 33;
    h = h.wrapping_mul(0xff51_afd7_ed55_8ccd);
    h ^= h >> 33;
    h = h.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ (h >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_implementation_s_own_test() {
        // SMHasher hashes the keys of 0 to 255 bytes with falling seeds, and then all the hashes: one number stands for all.
        let key: Vec<u8> = (0..=255).collect();
        let mut hashes = Vec::new();
        for length in 0..256 {
            let (h1, h2) = murmur3_128(&key[..length], 256 - length as u64);
            hashes.extend_from_slice(&h1.to_le_bytes());
            hashes.extend_from_slice(&h2.to_le_bytes());
        }
        assert_eq!(murmur3_128(&hashes, 0).0 as u32, 0x6384_ba69);
    }

    #[test]
    fn with_kafka_s_seed() {
        // Made with the Python package mmh3 5.3.1: `mmh3.hash64(text, 104729, x64arch=True, signed=False)`.
        let vectors: [(&str, u64, u64); 7] = [
            ("", 0x9d27_64a0_18e3_2942, 0x8c3c_f3b0_3593_8518),
            ("a", 0x3361_634e_7e0f_5188, 0xe9c7_dda2_4eae_326b),
            ("f2:cat7", 0xf904_9033_1ed1_b468, 0xf497_c882_a4d6_c867),
            ("12345678", 0xddec_8f90_2607_4d66, 0x5e35_523e_4a34_fe8c),
            ("123456789abcdef", 0x5759_af93_2b9b_81f2, 0x5bd8_7832_f2de_2112),
            ("123456789abcdef0", 0xd631_ff14_f176_472d, 0x57a1_2416_448c_048f),
            ("The quick brown fox jumps over the lazy dog", 0xe74c_5921_af0f_99c8, 0xb7f8_5ec8_1df0_6726),
        ];
        for (text, h1, h2) in vectors {
            assert_eq!(murmur3_128(text.as_bytes(), SEED), (h1, h2), "{text}");
            let written = [h1.to_be_bytes(), h2.to_be_bytes()].concat();
            assert_eq!(ValueHash::of(text.as_bytes()).0[..], written, "{text}");
        }
    }
}
