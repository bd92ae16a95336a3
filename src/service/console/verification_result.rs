//! What a verification of the audit chains found.

/// What a verification of the audit chains found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerificationResult {
    /// The chains, in the order of their names.
    pub chains: Vec<VerifiedChain>,
    /// The first faults.
    pub first: Vec<ChainFault>,
    /// The number of all faults.
    pub total: usize,
}

/// A chain that was read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedChain {
    /// Its name.
    pub name: String,
    /// The number of records that were read.
    pub records: u64,
    /// Its last record as `smi audit verify --expect` takes it, if it has an anchor.
    pub head: Option<String>,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainFault {
    /// The chain; none where the record stands in none.
    pub chain: Option<String>,
    /// The place and the reason.
    pub reason: String,
}

impl VerificationResult {
    /// The number of records that were read.
    pub fn records(&self) -> u64 {
        self.chains.iter().map(|chain| chain.records).sum()
    }

    /// Whether nothing is wrong.
    pub const fn is_whole(&self) -> bool {
        self.total == 0
    }
}
