//! Changes that are made in maintenance windows: what a failure needs, and how well they go (PM/z; MP092-R32).

mod check;
mod metrics;

pub use check::failure_explained;
pub use metrics::{ChangeMetric, MetricName, change_metrics, changes_of_month};
