//! `[server]`: the limits on bytes, seconds and connections of a listener.

use std::{fmt, num::NonZero, time::Duration};

use super::{fault::SettingsFault, raw::RawServer};
use crate::web::Bounds;

/// Checks the limits.
pub(super) fn read(raw: &RawServer, max_body_bytes: usize) -> Result<Bounds, SettingsFault> {
    let default = Bounds::default();
    let seconds = |set: Option<NonZero<u32>>, default| {
        set.map_or(default, |seconds| Duration::from_secs(u64::from(seconds.get())))
    };
    // With a smaller budget than one body needs, the longest messages would get 503 on every retry.
    let held_bytes = raw.max_held_bytes.unwrap_or(default.held_bytes);
    if held_bytes < max_body_bytes {
        let reason = format!(
            "server.max_held_bytes: `{held_bytes}` is less than server.max_body_bytes: no message of \
             `{max_body_bytes}` bytes would ever be taken"
        );
        return Err(SettingsFault::Unusable(reason));
    }
    Ok(Bounds {
        head: seconds(raw.head_seconds, default.head),
        body: seconds(raw.body_seconds, default.body),
        idle: seconds(raw.idle_seconds, default.idle),
        connections: raw.max_connections.map_or(default.connections, NonZero::get),
        held_bytes,
    })
}

/// Writes the limits in the form of the settings file.
pub(super) fn write(f: &mut fmt::Formatter<'_>, bounds: Bounds) -> fmt::Result {
    let Bounds { head, body, idle, connections, held_bytes } = bounds;
    for (key, time) in [("head", head), ("body", body), ("idle", idle)] {
        writeln!(f, "{key}_seconds = {}", time.as_secs())?;
    }
    writeln!(f, "max_connections = {connections}\nmax_held_bytes = {held_bytes}\n")
}
