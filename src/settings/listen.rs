//! The address of a listener, as it is written in settings and flags.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Deserializer, de::Error as _};

use crate::domain::Malformed;

/// Parses `IP:PORT`, or `localhost:PORT`, which is `127.0.0.1:PORT`. Other names are refused: one can have several addresses,
/// and which of them is listened on would depend on the resolver.
///
/// # Errors
/// When the text has another form.
pub fn parse_listen(text: &str) -> Result<SocketAddr, Malformed> {
    let loopback = text.strip_prefix("localhost:").and_then(|port| port.parse().ok());
    let address = loopback.map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let expected = "an IP address and a port like `127.0.0.1:8079`, or `localhost:8079`";
    address.or_else(|| text.parse().ok()).ok_or_else(|| Malformed::new(text, expected))
}

/// Deserialises a listener's address.
pub(super) fn listen<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    parse_listen(&String::deserialize(from)?).map(Some).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_an_ip_address_or_localhost_with_a_port() {
        let read = |text: &str| parse_listen(text).map(|address| address.to_string());
        assert_eq!(read("localhost:8079").unwrap(), "127.0.0.1:8079");
        assert_eq!(read("127.0.0.1:0").unwrap(), "127.0.0.1:0");
        assert_eq!(read("[::1]:8079").unwrap(), "[::1]:8079");
        let refused =
            ["", ":8079", "127.0.0.1", "localhost", "localhost:", "localhost:70000", "smi.example:8079"];
        for text in refused {
            let reason = read(text).unwrap_err().to_string();
            assert!(
                reason
                    .ends_with("is not an IP address and a port like `127.0.0.1:8079`, or `localhost:8079`"),
                "{reason}"
            );
        }
    }
}
