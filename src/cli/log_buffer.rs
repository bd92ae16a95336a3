//! The buffer of the log: a thread writes many lines at once, as each write is a system call on a thread that answers requests.
//!
//! A line waits for others 20 ms at most. Warnings, errors and so panics are written at once with all that waits before them. At the
//! end of the program what waits is written, and what is logged after that at once. Only a process that is killed loses lines.

use std::{
    fmt,
    io::{self, Write},
    mem,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How long a line waits for others.
const WAIT: Duration = Duration::from_millis(20);
/// The number of bytes from which the thread that logs writes them, so that memory is bounded where the output is slow.
const MAX_BYTES: usize = 64 << 10;

/// The buffer, which its clones share.
#[derive(Clone)]
pub(super) struct LogBuffer(Arc<Shared>);

struct Shared {
    lines: Mutex<Vec<u8>>,
    /// Signalled when the first line comes.
    filled: Condvar,
    /// Locked before `lines` are taken, so that they are written in their order.
    output: Mutex<Box<dyn Write + Send>>,
    has_ended: AtomicBool,
}

impl fmt::Debug for LogBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogBuffer").finish_non_exhaustive()
    }
}

/// The end of buffering, when it is dropped.
#[derive(Debug)]
#[must_use = "what waits is lost if the program ends before this is dropped"]
pub(super) struct LogGuard(LogBuffer);

impl LogBuffer {
    /// Starts the thread that writes. Without it, as where no thread can be started, each line is written at once.
    pub(super) fn start(output: impl Write + Send + 'static) -> (Self, LogGuard) {
        let buffer = Self(Arc::new(Shared {
            lines: Mutex::default(),
            filled: Condvar::new(),
            output: Mutex::new(Box::new(output)),
            has_ended: AtomicBool::new(false),
        }));
        let own = buffer.clone();
        let started = thread::Builder::new().name("log".to_owned()).spawn(move || own.write_on());
        buffer.0.has_ended.store(started.is_err(), Ordering::Release);
        (buffer.clone(), LogGuard(buffer))
    }

    fn write_on(&self) {
        while !self.0.has_ended.load(Ordering::Acquire) {
            let is_empty =
                |lines: &mut Vec<u8>| lines.is_empty() && !self.0.has_ended.load(Ordering::Acquire);
            let lines = self.0.filled.wait_while(locked(&self.0.lines), is_empty);
            drop(lines.unwrap_or_else(PoisonError::into_inner));
            thread::sleep(WAIT);
            self.flush();
        }
    }

    fn add(&self, line: &[u8], is_urgent: bool) {
        let mut lines = locked(&self.0.lines);
        let is_first = lines.is_empty();
        lines.extend_from_slice(line);
        let is_full = lines.len() >= MAX_BYTES;
        drop(lines);
        if is_urgent || is_full || self.0.has_ended.load(Ordering::Acquire) {
            self.flush();
        } else if is_first {
            self.0.filled.notify_one();
        }
    }

    fn flush(&self) {
        let mut output = locked(&self.0.output);
        let lines = mem::take(&mut *locked(&self.0.lines));
        // A log that cannot be written has nowhere to say so.
        drop(output.write_all(&lines).and_then(|()| output.flush()));
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        let Self(buffer) = self;
        buffer.0.has_ended.store(true, Ordering::Release);
        buffer.0.filled.notify_one();
        buffer.flush();
    }
}

/// The content, whoever panicked: a line is added whole or not at all.
fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The writer of one event, which comes as one piece.
#[derive(Debug)]
pub(super) struct LineWriter<'a> {
    buffer: &'a LogBuffer,
    is_urgent: bool,
}

impl Write for LineWriter<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.buffer.add(line, self.is_urgent);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogBuffer {
    type Writer = LineWriter<'a>;

    fn make_writer(&'a self) -> LineWriter<'a> {
        LineWriter { buffer: self, is_urgent: true }
    }

    fn make_writer_for(&'a self, event: &Metadata<'_>) -> LineWriter<'a> {
        LineWriter { buffer: self, is_urgent: *event.level() <= Level::WARN }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Tells of each write.
    struct Told(Sender<String>);

    impl Write for Told {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(String::from_utf8(bytes.to_vec()).unwrap()).unwrap();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn started() -> (LogBuffer, LogGuard, Receiver<String>) {
        let (tell, told) = channel();
        let (buffer, guard) = LogBuffer::start(Told(tell));
        (buffer, guard, told)
    }

    #[test]
    fn lines_that_wait_are_written_before_a_warning_and_by_the_thread() {
        let (buffer, _guard, told) = started();
        let mut seen = String::new();
        for number in 0..1_000 {
            buffer.add(format!("{number}\n").as_bytes(), false);
        }
        buffer.add(b"warning\n", true);
        seen.extend(told.try_iter());
        let lines = (0..1_000).map(|number| format!("{number}\n")).collect::<String>() + "warning\n";
        assert_eq!(seen, lines);
        buffer.add(b"alone\n", false);
        assert_eq!(told.recv().unwrap(), "alone\n");
    }

    #[test]
    fn nothing_is_lost_at_the_end_and_after_it() {
        let (buffer, guard, told) = started();
        buffer.add(b"last\n", false);
        drop(guard);
        buffer.add(b"after\n", false);
        assert_eq!(told.try_iter().collect::<String>(), "last\nafter\n");
    }

    #[test]
    fn a_full_buffer_is_written_by_who_fills_it() {
        let (buffer, _guard, told) = started();
        buffer.add(&[b'x'; MAX_BYTES], false);
        assert_eq!(told.try_iter().collect::<String>().len(), MAX_BYTES);
    }
}
