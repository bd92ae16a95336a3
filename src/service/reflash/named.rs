//! The hubs that an act names: the first of them, as all stand with the order.

use crate::domain::Eui64;

/// How many IDs an act names (HUBS.md 2).
const NAMED: usize = 20;

/// So many hubs and the IDs of the first ones: `2 (00-DB-…, 00-DB-…)`.
pub(super) fn counted(chfs: impl IntoIterator<Item = Eui64>) -> String {
    let chfs = chfs.into_iter().map(|chf| chf.to_string()).collect::<Vec<_>>();
    let named = chfs.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if named.is_empty() { "0".to_owned() } else { format!("{} ({named})", chfs.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_counts_all_hubs_and_names_the_first_twenty() {
        let hubs = |count: u64| {
            (0..count).map(|number| format!("00-00-00-00-00-00-00-{number:02X}").parse().unwrap())
        };
        assert_eq!(counted(hubs(0)), "0");
        assert_eq!(counted(hubs(1)), "1 (00-00-00-00-00-00-00-00)");
        let many = counted(hubs(25));
        assert!(many.starts_with("25 (") && many.matches("00-00-00-00-00-00-00-").count() == 20, "{many}");
    }
}
