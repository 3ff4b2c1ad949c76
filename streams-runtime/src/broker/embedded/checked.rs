//! Small files in JSON with a checksum: `topic.json`, and the offsets of a group.
//!
//! The checksum is that of the content as this program writes it. So a file may be laid out as one
//! likes, and a byte that changes what the file says is told.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::storage::{Storage, failed, replace};
use crate::broker::BrokerError;

/// The version that is written.
const VERSION: u32 = 2;

/// Files without a checksum.
pub(super) const OLD_VERSION: u32 = 1;

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Checked<T> {
    version: u32,
    crc32: String,
    content: T,
}

fn checksum(content: &impl Serialize) -> serde_json::Result<String> {
    Ok(format!("{:08x}", crc32fast::hash(&serde_json::to_vec(content)?)))
}

/// Reads a file, of version 1 as an `Old`. Returns its version too.
///
/// # Errors
/// It cannot be read, its checksum is wrong, or its version is not known.
pub(super) fn read<T, Old>(storage: &dyn Storage, path: &Path) -> Result<(T, u32), BrokerError>
where
    T: Serialize + DeserializeOwned + From<Old>,
    Old: DeserializeOwned,
{
    let bytes = storage.read(path).map_err(|e| failed(path, e))?;
    let Version { version } = serde_json::from_slice(&bytes).map_err(|e| failed(path, e))?;
    match version {
        VERSION => {
            let Checked::<T> { crc32, content, .. } = serde_json::from_slice(&bytes).map_err(|e| failed(path, e))?;
            if checksum(&content).map_err(|e| failed(path, e))? != crc32 {
                return Err(failed(path, "the file is not as it was written (checksum)"));
            }
            Ok((content, version))
        }
        OLD_VERSION => {
            let old: Old = serde_json::from_slice(&bytes).map_err(|e| failed(path, e))?;
            Ok((old.into(), version))
        }
        _ => Err(failed(path, format!("format version {version} is not known to this program"))),
    }
}

/// Writes a file, safe on return.
pub(super) fn write<T: Serialize>(storage: &dyn Storage, path: &Path, content: T) -> Result<(), BrokerError> {
    let bytes = checksum(&content).and_then(|crc32| serde_json::to_vec(&Checked { version: VERSION, crc32, content }));
    replace(storage, path, &bytes.map_err(|e| failed(path, e))?, true)
}
