//! A file of the simulated disk: what programs see of it, and what is on the medium.

use std::collections::BTreeSet;

/// What a medium writes as a whole or not at all.
const SECTOR_BYTES: usize = 512;

/// Chooses a number below another.
pub(super) type Choose<'a> = &'a mut dyn FnMut(usize) -> usize;

#[derive(Debug, Default)]
pub(super) struct File {
    /// As programs see it.
    pub(super) data: Vec<u8>,
    /// As a crash leaves it, if nothing unsynced gets through.
    medium: Vec<u8>,
    /// Sectors that the system means to write.
    dirty: BTreeSet<usize>,
    /// The shortest the file was made since it was synced last.
    cut_to: Option<usize>,
    /// How many times the system could not write sectors.
    pub(super) write_errors: u64,
    /// Whether a program was told of the last of these.
    pub(super) is_told: bool,
}

impl File {
    pub(super) fn append(&mut self, bytes: &[u8]) {
        let from = self.data.len();
        self.data.extend_from_slice(bytes);
        self.touch(from);
    }

    /// Has everything from a byte on written (again).
    pub(super) fn touch(&mut self, from: usize) {
        if from < self.data.len() {
            self.dirty.extend(from / SECTOR_BYTES..=(self.data.len() - 1) / SECTOR_BYTES);
        }
    }

    pub(super) fn truncate(&mut self, length: usize) {
        self.data.truncate(length);
        self.cut_to = Some(self.cut_to.map_or(length, |cut| cut.min(length)));
    }

    /// Replaces the file, on the medium too.
    pub(super) fn set(&mut self, bytes: Vec<u8>) {
        *self = File { medium: bytes.clone(), data: bytes, write_errors: self.write_errors, is_told: self.is_told, ..File::default() };
    }

    fn copy(data: &[u8], medium: &mut [u8], sector: usize) {
        let end = data.len().min(medium.len()).min((sector + 1) * SECTOR_BYTES);
        if let Some(from) = data.get(sector * SECTOR_BYTES..end) {
            medium[sector * SECTOR_BYTES..end].copy_from_slice(from);
        }
    }

    /// Writes what is to be written.
    pub(super) fn write_back(&mut self) {
        if let Some(cut) = self.cut_to.take() {
            self.medium.truncate(cut);
        }
        self.medium.resize(self.data.len(), 0);
        for sector in std::mem::take(&mut self.dirty) {
            Self::copy(&self.data, &mut self.medium, sector);
        }
    }

    /// Cannot write, and will not try again: programs see the data until the next crash, and the
    /// medium never does.
    pub(super) fn fail_to_write_back(&mut self) {
        self.dirty.clear();
        self.write_errors += 1;
        self.is_told = false;
    }

    /// Loses what is not on the medium: all of it, none, the end, or any sectors.
    pub(super) fn crash(&mut self, choose: Choose<'_>) {
        let how = choose(4);
        let mut medium = std::mem::take(&mut self.medium);
        if let Some(cut) = self.cut_to.filter(|_| how != 0 && choose(2) == 0) {
            medium.truncate(cut);
        }
        let (short, long) = (medium.len().min(self.data.len()), self.data.len());
        let length = match how {
            0 => medium.len(),
            1 => long,
            _ => (short + choose(long - short + 1)).max(medium.len().min(long)),
        };
        if how != 0 {
            medium.resize(length, 0);
            for &sector in &self.dirty {
                // At a torn end the last sector that came through is whole, or the length cuts it.
                if how < 3 || choose(2) == 0 {
                    Self::copy(&self.data, &mut medium, sector);
                }
            }
        }
        self.set(medium);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sectors_that_could_not_be_written_are_not_written_later() {
        let mut file = File::default();
        file.append(&[1; 600]);
        file.write_back();
        file.append(&[2; 1000]);
        file.fail_to_write_back();
        file.append(&[3; 1000]);
        file.write_back();
        assert_eq!(file.data[600..1600], [2; 1000]);
        file.crash(&mut |_| 1);
        assert_eq!(file.data[..600], [1; 600]);
        assert_eq!(file.data[600..1536], [0; 936]);
        assert_eq!(file.data[1600..], [3; 1000]);
    }

    #[test]
    fn a_crash_keeps_what_was_synced_and_some_of_the_rest() {
        let mut kept = BTreeSet::new();
        let mut random = 1_u64;
        for _ in 0..500 {
            let mut file = File::default();
            file.append(&[1; 700]);
            file.write_back();
            file.append(&[2; 2000]);
            file.crash(&mut |below| {
                random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (random >> 33) as usize % below
            });
            assert_eq!(file.data[..700], [1; 700]);
            kept.insert((file.data.len(), file.data.iter().filter(|b| **b == 2).count()));
        }
        assert!(kept.contains(&(700, 0)) && kept.contains(&(2700, 2000)));
        assert!(kept.iter().any(|(length, good)| *good > 0 && *good < length - 700), "no hole in {kept:?}");
    }
}
