//! Why a message could not be answered, though nothing is wrong with it.

use crate::{db::StoreFault, domain::Eui64, duis::signature::SignFault};

/// Why a message could not be answered; none of it is the sender's doing, and nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The answer could not be signed.
    #[error("the answer cannot be signed: {0}")]
    Sign(#[from] SignFault),
    /// There is no key to sign with.
    #[error("there is no valid certificate with a private key for the DCC, {0}")]
    NoSigner(Eui64),
    /// A panic, which was this message's alone.
    #[error("what answered it broke off")]
    BrokeOff,
}

impl Fault {
    /// Whether the same message may well be answered in a moment: the store is busy, away or just closing. Sent again,
    /// it gets its first answer, or is decided now: right either way.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Store(fault) => fault.is_transient(),
            Self::Sign(_) | Self::NoSigner(_) | Self::BrokeOff => false,
        }
    }

    /// The same for another request of the turn; nothing where it may be the doing of one.
    pub(super) fn shared_by_batch(&self) -> Option<Self> {
        match self {
            Self::Store(fault) => fault.shared_by_batch().map(Self::Store),
            Self::Sign(_) | Self::NoSigner(_) | Self::BrokeOff => None,
        }
    }
}
