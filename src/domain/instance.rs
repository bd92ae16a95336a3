//! The name of a service instance. Several may share one store; the decisions of each form an audit chain.

use super::Malformed;

/// The name of an instance: 1 to 64 letters, digits, dots, hyphens or underscores.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instance(String);

impl Instance {
    /// The name, unchanged.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Instance {
    fn default() -> Self {
        Self("smi".to_owned())
    }
}

impl std::str::FromStr for Instance {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if (1..=64).contains(&text.len()) && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed::new(text, "the name of an instance: 1 to 64 of A-Z, a-z, 0-9, `.`, `_`, `-`"))
        }
    }
}

impl std::fmt::Display for Instance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        for name in ["smi", "A.b_c-9", &"x".repeat(64)] {
            assert_eq!(name.parse::<Instance>().unwrap().as_str(), name);
        }
        for name in ["", "a b", "é", "a/b", &"x".repeat(65)] {
            assert!(name.parse::<Instance>().is_err(), "{name}");
        }
        assert_eq!(Instance::default().to_string(), "smi");
    }
}
