//! SIGINT and SIGTERM during a run of `smi correct`.

use std::sync::Arc;

#[cfg(unix)]
use crate::tools::correct::StopReason;
use crate::{cli::say::tell, tools::correct::StopSignal};

/// Sets the stop signal at the first SIGINT or SIGTERM, so that the messages in flight are still answered. The second one
/// exits at once, which is safe: the next run resumes from the journal.
#[cfg(unix)]
pub(super) fn stop_at_signals(stop: &Arc<StopSignal>) -> std::io::Result<()> {
    use actix_web::rt::{
        System,
        signal::unix::{SignalKind, signal},
    };
    let stop = Arc::clone(stop);
    // The thread is never joined: it ends with the process.
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let stopped = System::new().block_on(async {
            let (mut first, mut second) =
                (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
            for attempt in 0.. {
                std::future::poll_fn(|context| {
                    if first.poll_recv(context).is_ready() {
                        std::task::Poll::Ready(())
                    } else {
                        second.poll_recv(context).map(drop)
                    }
                })
                .await;
                if attempt > 0 {
                    std::process::exit(1);
                }
                tell!("smi: ending: waiting for what is under way");
                stop.stop(StopReason::Interrupted);
            }
            Ok::<_, std::io::Error>(())
        });
        if let Err(reason) = stopped {
            tell!("smi: signals are not waited for: {reason}");
        }
    })?;
    Ok(())
}

/// There are no such signals on other systems; a run that is ended there can be resumed all the same.
#[cfg(not(unix))]
pub(super) fn stop_at_signals(_: &Arc<StopSignal>) -> std::io::Result<()> {
    Ok(())
}
