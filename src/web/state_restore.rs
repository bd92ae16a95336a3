//! A restore of a state of a test instance, as the API and the console have it done.

use std::time::Duration;

use actix_web::{rt, web};

use crate::{
    domain::ActorName,
    service::{
        App,
        test_bench::{RestoredState, StateFault, StateName},
    },
};

/// How long a restore waits for what is under way.
const WAIT_FOR_OTHERS: Duration = Duration::from_secs(10);

/// Why a state was not put back. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub(super) enum RestoreFault {
    /// The service did not.
    #[error(transparent)]
    State(#[from] StateFault),
    /// What is under way does not end.
    #[error("requests or imports are under way that do not end; nothing was restored")]
    UnderWay,
    /// The thread that did it ended.
    #[error("the restore broke off: {0}")]
    BrokeOff(String),
}

/// Puts the store back to a state: checks it, closes the gate, waits for what is under way, and opens the gate when it is done.
pub(super) async fn restore(
    app: web::Data<App>,
    name: StateName,
    by: ActorName,
) -> Result<RestoredState, RestoreFault> {
    let checking = app.clone();
    let checked = web::block(move || checking.begin_restore(name)).await;
    let restoring = checked.map_err(broke_off)??;
    let closed = app.gate().close(WAIT_FOR_OTHERS).await.ok_or(RestoreFault::UnderWay)?;
    // On a task of its own: where the client leaves, the gate stays closed until it is done.
    let work = move || app.restore_state(restoring, by, &closed);
    let done = rt::spawn(web::block(work)).await.map_err(broke_off)?;
    Ok(done.map_err(broke_off)??)
}

fn broke_off(fault: impl std::error::Error) -> RestoreFault {
    RestoreFault::BrokeOff(fault.to_string())
}
