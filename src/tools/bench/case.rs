//! The result of one case: its rounds, and their medians.

use std::fmt;

use serde::Serialize;

use super::median::median;

/// The service under one kind of load, measured in several rounds. Each number is the median of the rounds.
#[derive(Clone, Debug, Serialize)]
pub struct LoadCase {
    /// The Service Request.
    pub request: &'static str,
    /// The number of connections.
    pub connections: usize,
    /// The medians.
    #[serde(flatten)]
    pub median: CaseRound,
    /// The lowest ratio of a round.
    pub ratio_low: f64,
    /// The highest ratio of a round.
    pub ratio_high: f64,
    /// The rounds, in the order in which they were measured.
    pub rounds: Vec<CaseRound>,
}

/// One round of a case.
#[derive(Clone, Debug, Serialize)]
pub struct CaseRound {
    /// Answers a second, of all instances together.
    pub per_second: f64,
    /// The ratio to the floor, as it was before and after the round.
    pub ratio: f64,
    /// The mean of those two floors: pairs a second on all cores.
    pub floor_per_second: f64,
    /// The ratio to what the floor would be on what the bench itself, load generator and relay, left of the cores.
    pub net_ratio: f64,
    /// The share of the cores that had nothing to do; none where the round was too short to say.
    pub cores_idle: Option<f64>,
    /// The median latency.
    pub p50_micros: f64,
    /// The latency of 99% of the answers.
    pub p99_micros: f64,
    /// The latency of 99.9% of the answers.
    pub p999_micros: f64,
    /// The processor time of all instances for a request.
    pub service_cpu_micros: f64,
    /// The same as a multiple of the floor's.
    pub service_cpu_floors: f64,
    /// The load generator's processor time for a request: it shares the machine.
    pub load_cpu_micros: f64,
    /// The relay's processor time for a request; none without a relay.
    pub relay_cpu_micros: Option<f64>,
    /// The processor time for a request of all else on the machine: the database server, and whatever ran beside.
    pub rest_cpu_micros: f64,
    /// The peak memory of all instances until the end of the round.
    pub peak_memory_bytes: u64,
    /// The share of the answers that each instance gave.
    pub shares: Vec<f64>,
}

impl LoadCase {
    /// The medians of rounds.
    pub(super) fn new(request: &'static str, connections: usize, rounds: Vec<CaseRound>) -> Self {
        let ratios = || rounds.iter().map(|round| round.ratio);
        Self {
            request,
            connections,
            median: CaseRound::median_of(&rounds),
            ratio_low: ratios().fold(f64::INFINITY, f64::min),
            ratio_high: ratios().fold(0.0, f64::max),
            rounds,
        }
    }

    /// Writes the heads of the columns under which cases like this one write theirs.
    pub(super) fn write_heads(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = [
            "conns", "per s", "floor", "ratio", "low", "high", "net", "idle", "p50 ms", "p99 ms", "p99.9",
            "cpu us", "floors", "load us", "rest us", "MB",
        ];
        write!(f, "{:8}", "service")?;
        heads.iter().try_for_each(|head| write!(f, "{head:>8}"))?;
        if self.median.relay_cpu_micros.is_some() {
            write!(f, "{:>10}", "relay us")?;
        }
        if self.has_several_instances() {
            write!(f, "  share of each")?;
        }
        writeln!(f)
    }

    const fn has_several_instances(&self) -> bool {
        self.median.shares.len() > 1
    }
}

impl CaseRound {
    fn median_of(rounds: &[Self]) -> Self {
        let of = |value: fn(&Self) -> f64| median(&rounds.iter().map(value).collect::<Vec<_>>());
        let of_known = |value: fn(&Self) -> Option<f64>| {
            let known = rounds.iter().filter_map(value).collect::<Vec<_>>();
            (!known.is_empty()).then(|| median(&known))
        };
        let share = |instance: usize| {
            median(&rounds.iter().filter_map(|round| round.shares.get(instance).copied()).collect::<Vec<_>>())
        };
        Self {
            per_second: of(|round| round.per_second),
            ratio: of(|round| round.ratio),
            floor_per_second: of(|round| round.floor_per_second),
            net_ratio: of(|round| round.net_ratio),
            cores_idle: of_known(|round| round.cores_idle),
            p50_micros: of(|round| round.p50_micros),
            p99_micros: of(|round| round.p99_micros),
            p999_micros: of(|round| round.p999_micros),
            service_cpu_micros: of(|round| round.service_cpu_micros),
            service_cpu_floors: of(|round| round.service_cpu_floors),
            load_cpu_micros: of(|round| round.load_cpu_micros),
            relay_cpu_micros: of_known(|round| round.relay_cpu_micros),
            rest_cpu_micros: of(|round| round.rest_cpu_micros),
            // A peak only grows, so the last one is that of all rounds.
            peak_memory_bytes: rounds.last().map_or(0, |round| round.peak_memory_bytes),
            shares: (0..rounds.first().map_or(0, |round| round.shares.len())).map(share).collect(),
        }
    }
}

impl fmt::Display for LoadCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { request, connections, median, ratio_low, ratio_high, .. } = self;
        let CaseRound { per_second, floor_per_second, ratio, net_ratio, cores_idle, .. } = median;
        write!(f, "{request:8}{connections:>8}{per_second:>8.0}{floor_per_second:>8.0}")?;
        for ratio in [ratio, ratio_low, ratio_high, net_ratio] {
            write!(f, "{ratio:>8.3}")?;
        }
        let idle = cores_idle.map_or_else(|| "-".to_owned(), |share| format!("{:.0}%", share * 100.0));
        write!(f, "{idle:>8}")?;
        for micros in [median.p50_micros, median.p99_micros, median.p999_micros] {
            write!(f, "{:>8.2}", micros / 1e3)?;
        }
        write!(f, "{:>8.0}{:>8.2}", median.service_cpu_micros, median.service_cpu_floors)?;
        write!(f, "{:>8.0}{:>8.0}", median.load_cpu_micros, median.rest_cpu_micros)?;
        write!(f, "{:>8}", median.peak_memory_bytes >> 20)?;
        if let Some(micros) = median.relay_cpu_micros {
            write!(f, "{micros:>10.0}")?;
        }
        if self.has_several_instances() {
            let shares = median.shares.iter().map(|share| format!("{:.0}%", share * 100.0));
            write!(f, "  {}", shares.collect::<Vec<_>>().join(" "))?;
        }
        writeln!(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(ratio: f64) -> CaseRound {
        CaseRound {
            per_second: ratio * 10_000.0,
            ratio,
            floor_per_second: 10_000.0,
            net_ratio: ratio * 1.1,
            cores_idle: Some(ratio / 2.0),
            p50_micros: 1_500.0,
            p99_micros: 2_500.0,
            p999_micros: 3_500.0,
            service_cpu_micros: 250.0,
            service_cpu_floors: 2.5,
            load_cpu_micros: 25.0,
            relay_cpu_micros: None,
            rest_cpu_micros: 40.0,
            peak_memory_bytes: 5 << 20,
            shares: vec![1.0],
        }
    }

    fn shown(case: &LoadCase) -> String {
        struct Heads<'a>(&'a LoadCase);
        impl fmt::Display for Heads<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.write_heads(f)
            }
        }
        format!("{}{case}", Heads(case))
    }

    #[test]
    fn a_case_shows_the_medians_of_its_rounds_and_how_far_they_lie_apart() {
        let case = LoadCase::new("SR 8.4", 64, [0.3, 0.1, 0.2].map(round).to_vec());
        insta::assert_snapshot!(shown(&case), @r"
        service    conns   per s   floor   ratio     low    high     net    idle  p50 ms  p99 ms   p99.9  cpu us  floors load us rest us      MB
        SR 8.4        64    2000   10000   0.200   0.100   0.300   0.220     10%    1.50    2.50    3.50     250    2.50      25      40       5
        ");
        let both = |ratio| CaseRound {
            relay_cpu_micros: Some(30.0),
            cores_idle: None,
            shares: vec![ratio, 1.0 - ratio],
            ..round(ratio)
        };
        let case = LoadCase::new("SR 12.1", 256, [0.25, 0.75].map(both).to_vec());
        insta::assert_snapshot!(shown(&case), @r"
        service    conns   per s   floor   ratio     low    high     net    idle  p50 ms  p99 ms   p99.9  cpu us  floors load us rest us      MB  relay us  share of each
        SR 12.1      256    5000   10000   0.500   0.250   0.750   0.550       -    1.50    2.50    3.50     250    2.50      25      40       5        30  50% 50%
        ");
    }
}
