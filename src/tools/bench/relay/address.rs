//! The address of a database server, as its URL names it, and the URL that leads through a relay instead.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    os::unix::net::UnixStream,
    path::PathBuf,
};

use anyhow::{Context as _, bail};
use percent_encoding::percent_decode_str;

/// PostgreSQL's port, where the URL names none.
const PORT: u16 = 5432;

/// Where a database server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tools::bench) enum ServerAddress {
    /// A host and a port.
    Tcp(String, u16),
    /// A Unix socket.
    Unix(PathBuf),
}

impl ServerAddress {
    /// The address of the server in a URL, as libpq reads it: an option after `?` goes before the URL's host and port, and a
    /// host that begins with `/` is the folder of a Unix socket.
    pub(in crate::tools::bench) fn parse(url: &str) -> anyhow::Result<Self> {
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        let (target, options) = rest.split_once('?').unwrap_or((rest, ""));
        let authority = target.split('/').next().unwrap_or_default();
        let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
        let (host, port) = host_and_port(place);
        let option = |name: &str| {
            let found =
                options.split('&').filter_map(|option| option.split_once('=')).rfind(|(key, _)| *key == name);
            found.map(|(_, value)| value).filter(|value| !value.is_empty())
        };
        let host = option("hostaddr").or_else(|| option("host")).unwrap_or(host);
        let host =
            percent_decode_str(host).decode_utf8().context("the host in the store's URL")?.into_owned();
        let port = option("port").unwrap_or(port);
        if host.is_empty() {
            bail!("the store's URL names no host, which --round-trip needs: `postgres://user@host/database`");
        }
        if host.contains(',') || port.contains(',') {
            bail!("the store's URL names several hosts; --round-trip needs the one to relay to");
        }
        let port =
            if port.is_empty() { PORT } else { port.parse().context("the port in the store's URL")? };
        Ok(if host.starts_with('/') {
            Self::Unix(PathBuf::from(host).join(format!(".s.PGSQL.{port}")))
        } else {
            Self::Tcp(host, port)
        })
    }

    /// The store's URL, by way of the relay. The host stays in it: a certificate is checked against its name.
    pub(in crate::tools::bench) fn through(&self, url: &str, relay: SocketAddr) -> String {
        let mark = if url.contains('?') { "&" } else { "?" };
        let url = url.trim_end_matches(['&', '?']);
        // libpq does not encrypt on a Unix socket, whatever `sslmode` says, and the server cannot.
        let plain = if matches!(self, Self::Unix(_)) { "&sslmode=disable" } else { "" };
        format!("{url}{mark}hostaddr={}&port={}{plain}", relay.ip(), relay.port())
    }

    /// Connects to the server.
    pub(super) fn connect(&self) -> io::Result<Socket> {
        match self {
            Self::Tcp(host, port) => Socket::of_tcp(TcpStream::connect((host.as_str(), *port))?),
            Self::Unix(path) => UnixStream::connect(path).map(Socket::Unix),
        }
    }
}

fn host_and_port(place: &str) -> (&str, &str) {
    if let Some((host, rest)) = place.strip_prefix('[').and_then(|place| place.split_once(']')) {
        return (host, rest.trim_start_matches(':'));
    }
    place.rsplit_once(':').unwrap_or((place, ""))
}

impl std::fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp(host, port) => write!(f, "{host}:{port}"),
            Self::Unix(path) => path.display().fmt(f),
        }
    }
}

/// A connected socket of either kind.
#[derive(Debug)]
pub(super) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Socket {
    /// A TCP connection whose bytes leave at once: Nagle's algorithm would add a delay of its own.
    pub(super) fn of_tcp(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self::Tcp(stream))
    }

    pub(super) fn try_clone(&self) -> io::Result<Self> {
        match self {
            Self::Tcp(stream) => stream.try_clone().map(Self::Tcp),
            Self::Unix(stream) => stream.try_clone().map(Self::Unix),
        }
    }

    /// Ends the connection, or one direction of it. An error means that it has ended already.
    pub(super) fn end(&self, how: Shutdown) {
        drop(match self {
            Self::Tcp(stream) => stream.shutdown(how),
            Self::Unix(stream) => stream.shutdown(how),
        });
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(buffer),
            Self::Unix(stream) => stream.read(buffer),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(bytes),
            Self::Unix(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str) -> String {
        ServerAddress::parse(url).map_or_else(|fault| format!("{fault:#}"), |address| address.to_string())
    }

    #[test]
    fn the_address_is_the_one_that_libpq_would_connect_to() {
        assert_eq!(address("postgres://db.example/smi"), "db.example:5432");
        assert_eq!(
            address("postgresql://smi:s%40cret@db.example:6432/smi?sslmode=require"),
            "db.example:6432"
        );
        assert_eq!(address("postgres://smi@[::1]:6432/smi"), "::1:6432");
        assert_eq!(address("postgres://smi@[::1]/smi"), "::1:5432");
        assert_eq!(address("postgres://smi@%2Frun%2Fpostgresql/smi"), "/run/postgresql/.s.PGSQL.5432");
        assert_eq!(address("postgres://smi@/smi?host=/run/pg&port=6432"), "/run/pg/.s.PGSQL.6432");
        assert_eq!(address("postgres://smi@name:1/smi?hostaddr=192.0.2.1&port=2"), "192.0.2.1:2");
    }

    #[test]
    fn an_address_that_cannot_be_relayed_to_is_refused() {
        let none = "the store's URL names no host, which --round-trip needs: `postgres://user@host/database`";
        assert_eq!(address("postgres://smi@/smi"), none);
        let several = "the store's URL names several hosts; --round-trip needs the one to relay to";
        assert_eq!(address("postgres://smi@one:1,two:2/smi"), several);
        assert!(address("postgres://smi@one:port/smi").starts_with("the port in the store's URL"));
    }

    #[test]
    fn a_url_leads_through_the_relay_and_keeps_the_servers_name() {
        let relay = "127.0.0.1:7".parse().unwrap();
        let through = |url: &str| ServerAddress::parse(url).unwrap().through(url, relay);
        assert_eq!(through("postgres://smi@db/smi"), "postgres://smi@db/smi?hostaddr=127.0.0.1&port=7");
        assert_eq!(
            through("postgres://smi@/smi?host=/run/pg&port=6432"),
            "postgres://smi@/smi?host=/run/pg&port=6432&hostaddr=127.0.0.1&port=7&sslmode=disable"
        );
        assert_eq!(
            ServerAddress::parse(&through("postgres://smi@db:1/smi")).unwrap().to_string(),
            "127.0.0.1:7"
        );
    }
}
