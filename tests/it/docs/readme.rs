//! The README: short, and true about the commands it prints.

use super::read;

/// The most words it may have.
const LIMIT: usize = 900;

/// As `wc -w` counts: what stands between spaces.
#[test]
fn the_readme_is_short() {
    let words = read("README.md").split_whitespace().count();
    let over = words.saturating_sub(LIMIT);
    assert_eq!(over, 0, "README.md has {words} words, {over} more than {LIMIT}: move details into docs/");
}
