//! How busy this machine's cores were, from Linux's `/proc/stat`.

use std::{fs, time::Duration};

/// Clock ticks a second, as `/proc` counts them on every Linux.
const TICKS: u32 = 100;
/// The fields that are counted: user, nice, system, idle, iowait, irq, softirq, steal. Guests are counted in user already.
const FIELDS: usize = 8;
/// The fields of time in which a core had nothing to do: idle and iowait.
const IDLE: [usize; 2] = [3, 4];
/// The field of time in which the hypervisor ran something else.
const STOLEN: usize = 7;

/// The time that all cores spent so far, busy and idle.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CoreTime {
    busy: u64,
    idle: u64,
}

impl CoreTime {
    pub(super) fn now() -> Self {
        Self::parse(&fs::read_to_string("/proc/stat").unwrap_or_default())
    }

    fn parse(stat: &str) -> Self {
        let first = stat.lines().next().unwrap_or_default();
        let fields = first.split_whitespace().skip(1).take(FIELDS).map(|field| field.parse().unwrap_or(0));
        fields.enumerate().fold(Self::default(), |time, (at, ticks): (usize, u64)| match at {
            _ if IDLE.contains(&at) => Self { idle: time.idle + ticks, ..time },
            // Stolen time is neither: there was no core.
            STOLEN => time,
            _ => Self { busy: time.busy + ticks, ..time },
        })
    }

    /// The time since then.
    pub(super) const fn since(self, then: Self) -> Self {
        Self { busy: self.busy.saturating_sub(then.busy), idle: self.idle.saturating_sub(then.idle) }
    }

    /// The processor time of all that ran.
    pub(super) fn busy(self) -> Duration {
        Duration::from_secs(self.busy) / TICKS
    }

    /// The share of the cores that had nothing to do; none where too little time passed to say.
    pub(super) fn idle_share(self) -> Option<f64> {
        let ticks = |number| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        let all = ticks(self.busy) + ticks(self.idle);
        (all > 0.0).then(|| ticks(self.idle) / all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_and_waiting_for_the_disk_are_idle_and_stolen_time_is_not_counted() {
        let then = CoreTime::parse("cpu  100 0 0 50 50 0 0 10 5 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
        let now = CoreTime::parse("cpu  160 5 20 70 55 5 5 99 9 0\n").since(then);
        assert_eq!(now.busy(), Duration::from_millis(950));
        assert_eq!(now.idle_share(), Some(25.0 / 120.0));
        assert_eq!(CoreTime::parse("").idle_share(), None);
        assert!(CoreTime::now().busy() > Duration::ZERO);
    }
}
