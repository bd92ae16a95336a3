//! `smi reflash price`.

use std::process::Command;

fn price(setup: &str, more: &[&str]) -> (Option<i32>, String) {
    let costs = ["--setup", setup, "--years", "1", "--fixed", "1320000", "--variable", "3.20"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
    let output = command.args(["reflash", "price"]).args(costs).args(more).output().unwrap();
    let said = if output.status.success() { output.stdout } else { output.stderr };
    (output.status.code(), String::from_utf8(said).unwrap())
}

/// HUBS.md 8, the line of the price; MP155-R32, T5.
#[test]
fn mp155_r32_a_price_is_told_beside_what_the_sources_say() {
    let (code, told) = price("0", &["--forecast", "300000", "--actual", "150000"]);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(told, @r"
        £7.60 a hub, for 300000 hubs a year
        £660,000.00 to socialise where 150000 come in a year

        What the sources of MP155 say, illustrative; none of it is computed from another:
          about 300,000: £7.58 to £12.03 (MP155 report, section 5)
          about 300,000, at the volumes of A-003: about £7.60 (MP155 preliminary assessment, section 9.2)
          half the forecast, the service sized for all of it: about £12 (MP155 preliminary assessment, section 9.2)
          about 130,000 and below: £30 or more (break-even against K7.5(p)) (MP155 report, section 5)
          about 50,000: £80 or more (MP155 report, section 5)
        ");
    assert!(price("0", &["--forecast", "150000"]).1.starts_with("£12.00 a hub"));
}

#[test]
fn a_price_without_hubs_or_with_a_cost_that_is_none_is_refused() {
    let (code, told) = price("0", &["--forecast", "0"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("0 is not in 1.."), "{told}");
    let (code, told) = price("12,5", &["--forecast", "1"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("pounds with at most two decimals"), "{told}");
}
