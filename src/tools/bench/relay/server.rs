//! The relay's listener.

use std::{
    io,
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::Context as _;

use super::{
    address::{ServerAddress, Socket},
    pipe,
    timing::{self, THREAD},
};

/// A relay that listens on loopback; dropping it closes the listener. Connections go on until one of their ends closes them.
#[derive(Debug)]
pub(in crate::tools::bench) struct Relay {
    /// Where it listens.
    pub(in crate::tools::bench) address: SocketAddr,
    stopped: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

impl Relay {
    /// Starts a relay to that server which holds each direction for half of the round trip.
    pub(in crate::tools::bench) fn start(
        server: ServerAddress,
        round_trip: Duration,
    ) -> anyhow::Result<Self> {
        let shown = server.to_string();
        let reached = server.connect().with_context(|| format!("the database server at {shown}"))?;
        reached.end(Shutdown::Both);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let stopped = Arc::<AtomicBool>::default();
        let ends = Arc::clone(&stopped);
        let thread = thread::Builder::new().name(format!("{THREAD}-accept"));
        let listener = thread.spawn(move || {
            timing::sharpen_timers();
            for stream in listener.incoming().flatten() {
                if ends.load(Ordering::Acquire) {
                    return;
                }
                // Where the server cannot be reached, the client's connection is closed, as the server would.
                drop(relay(stream, &server, round_trip / 2));
            }
        })?;
        Ok(Self { address, stopped, listener: Some(listener) })
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Release);
        // The listener sees that it is stopped when the next connection comes: this one.
        if TcpStream::connect(self.address).is_ok()
            && let Some(listener) = self.listener.take()
        {
            drop(listener.join());
        }
    }
}

fn relay(client: TcpStream, server: &ServerAddress, delay: Duration) -> io::Result<()> {
    let (client, server) = (Socket::of_tcp(client)?, server.connect()?);
    let started = pipe::start(&client, &server, delay).and_then(|()| pipe::start(&server, &client, delay));
    if started.is_err() {
        // One direction alone would leave the client waiting.
        client.end(Shutdown::Both);
        server.end(Shutdown::Both);
    }
    started
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        time::Instant,
    };

    use super::*;

    const ROUND_TRIP: Duration = Duration::from_millis(20);

    /// A server that handles each connection by a thread, and a relay to it.
    fn relay_to(serve: impl Fn(TcpStream) + Clone + Send + 'static) -> Relay {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let serve = serve.clone();
                thread::spawn(move || serve(stream.unwrap()));
            }
        });
        let address = ServerAddress::Tcp(address.ip().to_string(), address.port());
        Relay::start(address, ROUND_TRIP).unwrap()
    }

    fn echo(stream: TcpStream) {
        stream.set_nodelay(true).unwrap();
        drop(io::copy(&mut &stream, &mut &stream));
        drop(stream.shutdown(Shutdown::Write));
    }

    fn connect(relay: &Relay) -> TcpStream {
        let stream = TcpStream::connect(relay.address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    fn exchange(mut stream: &TcpStream, message: &[u8]) -> Vec<u8> {
        stream.write_all(message).unwrap();
        let mut answer = vec![0; message.len()];
        stream.read_exact(&mut answer).unwrap();
        answer
    }

    /// How long it took, as a multiple of the round trip.
    fn round_trips(begin: Instant) -> f64 {
        begin.elapsed().as_secs_f64() / ROUND_TRIP.as_secs_f64()
    }

    #[test]
    fn an_exchange_takes_the_round_trip_and_little_more() {
        let relay = relay_to(echo);
        let stream = connect(&relay);
        let took = (0..20).map(|number| {
            let begin = Instant::now();
            assert_eq!(exchange(&stream, &[number; 9]), [number; 9]);
            round_trips(begin)
        });
        let took = took.collect::<Vec<_>>();
        assert!(took.iter().all(|took| *took >= 1.0), "{took:?}");
        // The best of them, as other work on the machine makes the rest late.
        assert!(took.iter().any(|took| *took < 1.2), "{took:?}");
    }

    #[test]
    fn bytes_under_way_at_once_are_held_at_once_and_keep_their_order() {
        let relay = relay_to(echo);
        let stream = connect(&relay);
        let begin = Instant::now();
        let answers = thread::scope(|scope| {
            let answers = scope.spawn(|| {
                let mut answers = vec![0; 200];
                (&stream).read_exact(&mut answers).unwrap();
                answers
            });
            // Each is a message of its own, and none waits for the answer to one before.
            (0..200).for_each(|number| (&stream).write_all(&[number]).unwrap());
            answers.join().unwrap()
        });
        let took = round_trips(begin);
        assert_eq!(answers, (0..200).collect::<Vec<_>>());
        assert!((1.0..20.0).contains(&took), "200 exchanges took {took} round trips");
    }

    #[test]
    fn a_large_transfer_is_whole_and_not_slowed_by_the_delay() {
        const LENGTH: usize = 16 << 20;
        let relay = relay_to(echo);
        let stream = connect(&relay);
        let sent = (0..LENGTH).map(|at| u8::try_from(at % 251).unwrap()).collect::<Vec<_>>();
        let begin = Instant::now();
        let received = thread::scope(|scope| {
            scope.spawn(|| {
                (&stream).write_all(&sent).unwrap();
                stream.shutdown(Shutdown::Write).unwrap();
            });
            let mut received = Vec::with_capacity(LENGTH);
            (&stream).read_to_end(&mut received).unwrap();
            received
        });
        let took = round_trips(begin);
        assert!(
            sent == received,
            "{} of {LENGTH} bytes came back, or not those that were sent",
            received.len()
        );
        // Chunk by chunk it would be 256 round trips at the least.
        assert!(took < 128.0, "{took} round trips");
    }

    #[test]
    fn a_half_that_is_closed_leaves_the_other_open() {
        let relay = relay_to(|mut stream| {
            let mut question = String::new();
            stream.read_to_string(&mut question).unwrap();
            stream.write_all(format!("{question}, answered").as_bytes()).unwrap();
        });
        let mut stream = connect(&relay);
        let begin = Instant::now();
        stream.write_all(b"asked").unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "asked, answered");
        assert!(round_trips(begin) >= 1.0);
    }

    #[test]
    fn many_connections_are_held_side_by_side() {
        const CONNECTIONS: u8 = 100;
        let relay = relay_to(echo);
        let streams = (0..CONNECTIONS).map(|_| connect(&relay)).collect::<Vec<_>>();
        let begin = Instant::now();
        thread::scope(|scope| {
            for (number, stream) in (0..CONNECTIONS).zip(&streams) {
                scope.spawn(move || assert_eq!(exchange(stream, &[number; 500]), [number; 500]));
            }
        });
        let took = round_trips(begin);
        assert!(took < f64::from(CONNECTIONS) / 4.0, "{CONNECTIONS} connections took {took} round trips");
    }

    #[test]
    fn an_end_that_goes_away_takes_the_other_along() {
        let relay = relay_to(|stream| stream.shutdown(Shutdown::Both).unwrap());
        assert_eq!(connect(&relay).read_to_end(&mut Vec::new()).unwrap_or(0), 0);
        let (gone, is_gone) = std::sync::mpsc::channel();
        let relay = relay_to(move |mut stream| {
            drop(stream.read_to_end(&mut Vec::new()));
            gone.send(()).unwrap();
        });
        drop(connect(&relay));
        // Returns when the server saw the end.
        is_gone.recv().unwrap();
    }

    #[test]
    fn the_processor_time_of_its_threads_is_told_apart() {
        let relay = relay_to(echo);
        let before = timing::relay_cpu();
        let stream = connect(&relay);
        (0..5).for_each(|number| assert_eq!(exchange(&stream, &[number; 9]), [number; 9]));
        assert!(timing::relay_cpu() > before);
    }

    #[test]
    fn a_server_that_is_not_there_is_named() {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let address = ServerAddress::Tcp(free.ip().to_string(), free.port());
        let fault = Relay::start(address, ROUND_TRIP).unwrap_err();
        assert_eq!(fault.to_string(), format!("the database server at {free}"));
    }
}
