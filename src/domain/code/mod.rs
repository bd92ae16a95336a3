//! Response codes, each with the schema version that introduced it.

mod table;

use std::{fmt, str::FromStr};

use super::{Malformed, Shape};

/// A response code of the published schema.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResponseCode(&'static str);

/// Declares the codes that rules use. The documentation line of each is its meaning here.
macro_rules! named_codes {
    ($(#[doc = $meaning:literal] $name:ident),+ $(,)?) => {
        impl ResponseCode {
            $(#[doc = $meaning] pub const $name: Self = Self(stringify!($name));)+

            /// The codes that rules use.
            pub const NAMED: &'static [Self] = &[$(Self::$name),+];

            /// The meaning of the code here; none for a code that no rule uses.
            pub fn meaning(self) -> Option<&'static str> {
                let named = [$((Self::$name, $meaning)),+];
                named.iter().find(|(code, _)| *code == self).map(|(_, meaning)| meaning.trim())
            }
        }
    };
}

named_codes!(
    /// Success, with data.
    I0,
    /// Accepted; nothing to return.
    I99,
    /// The User or its role is unknown.
    E1,
    /// The User's roles may not send this request.
    E2,
    /// The User is suspended.
    E3,
    /// The User's role is not authorised for the Device now.
    E4,
    /// The SMI Status does not suit the request.
    E5,
    /// The Device Type does not suit the request.
    E11,
    /// The Command Variant does not suit the request.
    E12,
    /// The web service does not suit the request.
    E13,
    /// The Device is not in the SMI.
    E19,
    /// The Device did not respond.
    E21,
    /// The RequestID was used before.
    E65,
    /// The message cannot be accepted at all.
    E100,
    /// SR8.2 (ours): nothing found.
    E080201,
    /// SR8.2 (ours): more Devices than an answer holds.
    E080202,
    /// SR8.4 (ours): the sender is not the pre-notifier.
    E080405,
    /// SR8.4 (ours): the detail cannot be changed after Pending.
    E080406,
    /// SR8.4 (ours): the sender is not the Responsible Supplier.
    E080407,
    /// SR8.4 (ours): only an ESME has an ESME Variant.
    E080408,
    /// SR8.4 (ours): a SMETS1 Device.
    E080409,
    /// SR8.4 (ours): not on the Central Products List.
    E080410,
    /// SR8.4 (ours): no such change of SMI Status.
    E080411,
    /// SR8.4 (ours): the status element does not suit the Device Type.
    E080412,
    /// SR8.4 (ours): the Device cannot be deleted by the sender now.
    E080413,
    /// SR8.4 (ours): the MPxN cannot be set by the sender now.
    E080414,
    /// SR8.4 (ours): no detail is named.
    E080415,
    /// SR11.1 (ours): the image is empty.
    E110101,
    /// SR11.1 (ours): the register of images says otherwise.
    E110102,
    /// SR11.1 (ours): no Device can take the image.
    E110103,
    /// SR11.1: accepted, but not for the Devices of the lists.
    W110101,
    /// SR12.1: no such place.
    E120101,
    /// SR12.1 (ours): a CSP Region cannot answer.
    E120102,
    /// SR12.1 (ours): no CSP Region can answer.
    E120103,
    /// SR12.2: a Device of that ID is in the SMI.
    E120201,
    /// SR12.2 (ours): a detail is missing, or does not suit the Device Type.
    E120203,
    /// SR12.2 (ours): not on the Central Products List.
    E120204,
    /// SR12.2 (ours): the associated GPF does not suit the Device Type.
    E120207,
);

impl ResponseCode {
    /// All codes of the newest schema.
    pub fn all() -> impl Iterator<Item = Self> {
        table::TABLE.iter().flat_map(|(_, codes)| codes.iter().copied().map(Self))
    }

    /// The code's text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// Whether it reports a success.
    pub fn is_success(self) -> bool {
        [Self::I0, Self::I99, Self::W110101].contains(&self)
    }

    /// The code to send to a client of that schema version: this one, or a replacement if the schema does not have it
    /// (SMI.md 3).
    pub fn known_to(self, shape: Shape) -> Self {
        let known = table::TABLE.iter().any(|(since, codes)| *since <= shape && codes.contains(&self.0));
        match self {
            _ if known => self,
            // Before 5.3 an answer has one region, so that "no region can answer" means "this region cannot".
            Self::E120103 => Self::E120102,
            _ => Self::E100,
        }
    }
}

impl FromStr for ResponseCode {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let known = Self::all().find(|code| code.0 == text);
        known.ok_or_else(|| Malformed::new(text, "a response code of the DUIS schema"))
    }
}

impl fmt::Display for ResponseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Debug for ResponseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_code_is_in_the_schema() {
        for code in ResponseCode::NAMED {
            assert_eq!(code.as_str().parse::<ResponseCode>(), Ok(*code));
        }
    }

    /// SMI.md 3.
    #[test]
    fn newer_codes_are_replaced_for_older_versions() {
        assert_eq!(ResponseCode::E65.known_to(Shape::V5_0), ResponseCode::E100);
        assert_eq!(ResponseCode::E65.known_to(Shape::V5_1), ResponseCode::E65);
        assert_eq!(ResponseCode::E120103.known_to(Shape::V5_1), ResponseCode::E120102);
        assert_eq!(ResponseCode::E120103.known_to(Shape::V5_3), ResponseCode::E120103);
    }
}
