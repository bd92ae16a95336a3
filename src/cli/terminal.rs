//! What a person at a terminal sees of an answer: indented, coloured, its list as a table too.

use std::{
    env,
    io::{self, IsTerminal as _},
};

use crate::{
    duis::xml::pretty::{Line, Piece, pretty},
    tools::answer_table::AnswerTable,
};

/// How an answer is written to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// The bytes that came, for programs.
    Raw,
    /// Laid out for people, with colours or without.
    LaidOut {
        /// Whether there are colours.
        coloured: bool,
    },
}

impl Shown {
    /// Laid out on a terminal, unless `raw` is asked for; with colours unless `NO_COLOR` or the terminal is against it.
    pub(super) fn on_standard_output(raw: bool) -> Self {
        if raw || !io::stdout().is_terminal() {
            return Self::Raw;
        }
        let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        Self::LaidOut { coloured: !is_set("NO_COLOR") && !is_dumb }
    }

    /// The text to write for an answer.
    pub(super) fn text_of(self, answer: &str) -> String {
        let Self::LaidOut { coloured } = self else { return format!("{answer}\n") };
        // The client has parsed it: it is XML.
        let lines = pretty(answer).unwrap_or_default();
        let lines = lines.iter().map(|line| if coloured { colour(line) } else { format!("{line}\n") });
        let table = AnswerTable::of(answer).map(|table| format!("\n{table}")).unwrap_or_default();
        lines.collect::<String>() + &table
    }
}

/// A line with the colours of ANSI, which are those that the terminal's owner chose: readable in light and dark.
fn colour(line: &Line) -> String {
    let pieces = line.pieces.iter().map(|(piece, text)| {
        let code = match piece {
            Piece::Tag => "36",
            Piece::Attribute => "2",
            Piece::Value => "32",
            Piece::Text => "1",
            Piece::Folded => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    });
    format!("{:1$}{2}\n", "", line.depth * 2, pieces.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "<a b='1'><c>x\u{9b}31m</c></a>";

    #[test]
    fn for_programs_the_bytes_stay() {
        assert_eq!(Shown::Raw.text_of(ANSWER), format!("{ANSWER}\n"));
    }

    #[test]
    fn for_people_it_is_laid_out_and_nothing_in_it_is_obeyed() {
        let plain = Shown::LaidOut { coloured: false }.text_of(ANSWER);
        assert_eq!(plain, "<a b=\"1\">\n  <c>x\\u{9b}31m</c>\n</a>\n");
        let coloured = Shown::LaidOut { coloured: true }.text_of(ANSWER);
        assert!(
            coloured.starts_with("\u{1b}[36m<a\u{1b}[0m\u{1b}[2m b=\u{1b}[0m\u{1b}[32m\"1\"\u{1b}[0m"),
            "{coloured:?}"
        );
        let without = ["36", "32", "2", "1", "0"]
            .iter()
            .fold(coloured, |text, code| text.replace(&format!("\u{1b}[{code}m"), ""));
        assert_eq!(without, plain);
    }
}
