//! Part sets: an image that is sent in several parts, each by an SR 11.1 of its own.

use std::collections::BTreeSet;

use super::FirmwareHash;
use crate::domain::{Eui64, RequestId, SchemaVersion, Timestamp};

/// The parts of a registered image, and those of them that a User's SR 11.1 brought since its last set was complete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartSet {
    /// The parts that the register names.
    pub parts: BTreeSet<FirmwareHash>,
    /// Those that came.
    pub have: BTreeSet<FirmwareHash>,
}

impl PartSet {
    /// How many came, with this one.
    pub fn have_with(&self, part: FirmwareHash) -> usize {
        self.have.len() + usize::from(!self.have.contains(&part))
    }

    /// Whether this part is the last one that is missing.
    pub fn is_completed_by(&self, part: FirmwareHash) -> bool {
        self.parts.iter().all(|one| *one == part || self.have.contains(one))
    }
}

/// A part that an SR 11.1 brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetPart {
    /// The User.
    pub user: Eui64,
    /// The whole that it is a part of.
    pub whole: FirmwareHash,
    /// The part.
    pub part: FirmwareHash,
    /// The request that brought it.
    pub request_id: RequestId,
    /// The schemaVersion of the request, for the answer to a complete set.
    pub schema_version: SchemaVersion,
    /// When.
    pub received_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MP230-R9, R10.
    #[test]
    fn mp230_r9_a_set_is_complete_with_its_last_missing_part() {
        let [one, two, three] = [1, 2, 3].map(|last| FirmwareHash::from_octets([last; 32]));
        let set = |have: &[FirmwareHash]| PartSet {
            parts: [one, two, three].into(),
            have: have.iter().copied().collect(),
        };
        assert!(!set(&[]).is_completed_by(one) && !set(&[one]).is_completed_by(one));
        assert!(!set(&[one]).is_completed_by(two) && set(&[one, two]).is_completed_by(three));
        assert_eq!((set(&[one]).have_with(one), set(&[one]).have_with(two)), (1, 2));
    }
}
