//! The error of the service: a message that could not be answered, through no fault of its sender.

use crate::{db::StoreFault, domain::Eui64, duis::signature::SignFault};

/// The reason why a message could not be answered. The sender gets HTTP 500 or 503 without detail. Nothing was changed,
/// unless the store lost its connection during a commit, whose outcome is not known then.
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
    /// The User has as many requests in flight as one User may have.
    #[error("as many requests of the User {0} as may be are being answered")]
    TooManyOfUser(Eui64),
    /// Who asked went away while the answer was made.
    #[error("nobody waits for the answer any more")]
    Unread,
    /// A panic in the work for this message; other messages are not affected.
    #[error("what answered it broke off")]
    BrokeOff,
}

impl Fault {
    /// Whether a retry may succeed: the store is busy, unreachable or closing, or the User's requests are too many. A retry is safe, because a request that was
    /// decided after all gets its first answer again.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Store(fault) => fault.is_transient(),
            Self::TooManyOfUser(_) | Self::Unread => true,
            Self::Sign(_) | Self::NoSigner(_) | Self::BrokeOff => false,
        }
    }

    /// The fault that every request of the batch gets; none where one request alone may have caused it.
    pub(super) fn shared_by_batch(&self) -> Option<Self> {
        match self {
            Self::Store(fault) => fault.shared_by_batch().map(Self::Store),
            Self::Sign(_) | Self::NoSigner(_) | Self::TooManyOfUser(_) | Self::Unread | Self::BrokeOff => {
                None
            }
        }
    }
}
