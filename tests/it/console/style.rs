//! The colours of the style sheet: WCAG 2.2 AA by numbers, in light, dark and print.

use std::{collections::BTreeMap, fs};

use crate::support::package;

/// Text, what it stands on, and the contrast that is needed: 4.5 for text, 3 for edges, marks and the focus.
const PAIRS: [(&str, &str, f64); 18] = [
    ("text", "page", 4.5),
    ("text", "raised", 4.5),
    ("muted", "page", 4.5),
    ("muted", "raised", 4.5),
    ("link", "page", 4.5),
    ("link", "raised", 4.5),
    ("good", "page", 4.5),
    ("good", "raised", 4.5),
    ("warn", "page", 4.5),
    ("warn", "raised", 4.5),
    ("bad", "page", 4.5),
    ("bad", "raised", 4.5),
    ("on-button", "button", 4.5),
    ("on-top", "top", 4.5),
    ("muted-on-top", "top", 4.5),
    ("edge", "page", 3.0),
    ("focus", "page", 3.0),
    ("focus", "raised", 3.0),
];

/// The custom properties of the blocks `:root`, in the order of the sheet.
fn palettes(sheet: &str) -> Vec<BTreeMap<String, String>> {
    let blocks = sheet.split(":root {").skip(1).map(|block| block.split('}').next().unwrap());
    let palette = |block: &str| {
        let pairs = block.split(';').filter_map(|line| line.trim().strip_prefix("--")?.split_once(": "));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    blocks.map(palette).collect()
}

/// Relative luminance, as WCAG defines it.
fn luminance(colour: &str) -> f64 {
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_colour_stands_out_from_what_it_is_on() {
    assert!((contrast("#ffffff", "#000000") - 21.0).abs() < 0.01 && contrast("#777777", "#ffffff") < 4.5);
    let sheet = fs::read_to_string(package().join("src/web/console/assets/style.css")).unwrap();
    let palettes = palettes(&sheet);
    assert_eq!(palettes.len(), 3, "light, dark and print");
    let mut low = Vec::new();
    for (name, palette) in ["light", "dark", "print"].iter().zip(&palettes) {
        for (text, ground, needed) in PAIRS {
            // What a palette does not say is as in the first one.
            let colour = |name: &str| palette.get(name).unwrap_or_else(|| &palettes[0][name]);
            let contrast = contrast(colour(text), colour(ground));
            if contrast < needed {
                low.push(format!("{name}: {text} on {ground}: {contrast:.2}, not {needed}"));
            }
        }
        let on_top = contrast("#ffd24d", palette.get("top").unwrap());
        assert!(*name == "print" || on_top >= 3.0, "the focus at the top: {on_top:.2}");
    }
    assert!(low.is_empty(), "{low:#?}");
}
