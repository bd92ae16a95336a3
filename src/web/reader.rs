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
        sync::mpsc::{Sender, channel},
        time::Duration,
    };

    use actix_web::{App, HttpResponse, HttpServer, rt, web};

    use super::*;
    use crate::web::idle_timeout;

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
    /// A handler that goes on until nobody waits for its answer.
    async fn until_unread(reader: Reader, seen: web::Data<Sender<()>>) -> HttpResponse {
        while reader.is_there() {
            rt::time::sleep(Duration::from_millis(5)).await;
        }
        seen.send(()).unwrap();
        HttpResponse::Ok().finish()
    }

    /// The handler goes on behind the reader's back, as the framework lets it, and asks.
    #[test]
    fn a_request_knows_its_reader() {
        rt::System::new().block_on(asked_and_left());
    }

    async fn asked_and_left() {
        let (sender, seen) = channel();
        let factory = move || {
            App::new().app_data(web::Data::new(sender.clone())).route("/", web::get().to(until_unread))
        };
        let server = HttpServer::new(factory)
            .workers(1)
            .on_connect(|connection, data| idle_timeout::start(connection, data, Duration::from_mins(1)))
            .bind("127.0.0.1:0")
            .unwrap();
        let (address, server) = (server.addrs()[0], server.run());
        let handle = server.handle();
        rt::spawn(server);
        let told = web::block(move || {
            let mut client = TcpStream::connect(address).unwrap();
            client.write_all(b"GET / HTTP/1.1\r\nhost: smi\r\n\r\n").unwrap();
            drop(client);
            seen.recv_timeout(Duration::from_mins(1))
        });
        assert_eq!(told.await.unwrap(), Ok(()));
        handle.stop(false).await;
    }
}
