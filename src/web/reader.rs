//! The reader of an answer, who may go away while it is made.

use std::{
    future::{Ready, ready},
    io::ErrorKind,
    net::TcpStream,
    sync::Arc,
};

use actix_web::{Error, FromRequest, HttpRequest, dev::Payload};

/// Who is at the other end of a connection. The framework lets a request end though its reader went away: what takes long asks here.
#[derive(Clone, Debug, Default)]
pub(in crate::web) struct Reader(Option<Arc<TcpStream>>);

impl Reader {
    /// The reader at the other end of this socket, which must not block.
    pub(in crate::web) const fn at(stream: Arc<TcpStream>) -> Self {
        Self(Some(stream))
    }

    /// The reader of this request. One whose connection is not known never leaves.
    pub(in crate::web) fn of(request: &HttpRequest) -> Self {
        request.conn_data::<Self>().cloned().unwrap_or_default()
    }

    /// Whether it still waits. Who closed one half of its connection alone counts as gone, too: the two look alike from here.
    pub(in crate::web) fn is_there(&self) -> bool {
        let Some(stream) = &self.0 else { return true };
        match stream.peek(&mut [0]) {
            Ok(read) => read > 0,
            Err(fault) => matches!(fault.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted),
        }
    }
}

impl FromRequest for Reader {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write as _,
        net::{Shutdown, TcpListener},
    };

    use super::*;

    /// A client, and the reader that the listener sees in it.
    fn connected() -> (TcpStream, Reader) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (stream, _) = listener.accept().unwrap();
        stream.set_nonblocking(true).unwrap();
        (client, Reader::at(Arc::new(stream)))
    }

    /// Waits until the reader is seen to leave, which the system may tell a moment later.
    fn wait_until_gone(reader: &Reader) {
        let stream = reader.0.as_ref().unwrap();
        stream.set_nonblocking(false).unwrap();
        assert!(stream.peek(&mut [0]).is_ok_and(|read| read == 0));
        stream.set_nonblocking(true).unwrap();
        assert!(!reader.is_there());
    }

    #[test]
    fn a_reader_is_there_until_it_closes_its_connection() {
        let (client, reader) = connected();
        assert!(reader.is_there());
        drop(client);
        wait_until_gone(&reader);
    }

    #[test]
    fn a_reader_that_sends_more_is_there_and_one_that_closes_a_half_is_not() {
        let (mut client, reader) = connected();
        client.write_all(b"GET ").unwrap();
        assert!(reader.is_there());
        let (client, reader) = connected();
        client.shutdown(Shutdown::Write).unwrap();
        wait_until_gone(&reader);
        assert!(Reader::default().is_there(), "nobody can tell");
    }
}
