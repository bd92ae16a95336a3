//! Parses the inside of a start tag or of the XML declaration: a name, then attributes.

use std::borrow::Cow;

use super::{
    MAX_ATTRIBUTES,
    flaw::{Flaw, LocatedFlaw, Piece, shortened},
    text::{attribute_value, is_name, is_space},
};

/// A start tag before its prefixes are resolved.
pub(super) struct Tag<'a> {
    pub(super) name: QName<'a>,
    pub(super) pairs: Vec<Pair<'a>>,
}

/// An attribute or namespace declaration.
pub(super) struct Pair<'a> {
    pub(super) name: QName<'a>,
    pub(super) value: Cow<'a, str>,
}

/// A qualified name (Namespaces, production 7).
#[derive(Clone, Copy)]
pub(super) struct QName<'a> {
    pub(super) piece: Piece<'a>,
    /// The prefix, empty when there is none.
    pub(super) prefix: &'a str,
    pub(super) local: &'a str,
}

impl<'a> QName<'a> {
    fn read(piece: Piece<'a>) -> Result<Self, LocatedFlaw> {
        match piece.text.split_once(':') {
            Some((prefix, local)) if is_name(prefix) && is_name(local) => Ok(Self { piece, prefix, local }),
            None if is_name(piece.text) => Ok(Self { piece, prefix: "", local: piece.text }),
            Some(_) | None => Err(piece.fault(Flaw::Name(shortened(piece.text)))),
        }
    }

    /// A flaw at this name, which its message repeats.
    pub(super) fn fault(self, flaw: fn(String) -> Flaw) -> LocatedFlaw {
        self.piece.fault(flaw(shortened(self.piece.text)))
    }
}

impl<'a> Tag<'a> {
    /// Parses the text between `<` and `>` or `/>`.
    pub(super) fn read(inside: Piece<'a>) -> Result<Self, LocatedFlaw> {
        let (name, mut rest) = split(inside, is_space);
        let name = QName::read(name)?;
        let mut pairs: Vec<Pair<'_>> = Vec::new();
        loop {
            let next = skip_space(rest);
            if next.text.is_empty() {
                return Ok(Self { name, pairs });
            }
            // No space was skipped, so this touches the name or the value before it.
            if next.at == rest.at {
                return Err(next.fault(Flaw::AttributesTouch));
            }
            let (pair, after) = Pair::read(next)?;
            check_room(&pairs, &pair)?;
            pairs.push(pair);
            rest = after;
        }
    }
}

impl<'a> Pair<'a> {
    /// Parses one attribute. Returns it and the rest after its closing quote.
    fn read(rest: Piece<'a>) -> Result<(Self, Piece<'a>), LocatedFlaw> {
        let (name, rest) = split(rest, |byte| byte == b'=' || is_space(byte));
        let name = QName::read(name)?;
        let no_value = || name.fault(Flaw::NoValue);
        let equals = skip_space(rest);
        if !equals.text.starts_with('=') {
            return Err(no_value());
        }
        let opening = skip_space(equals.after(1));
        let quote = opening.text.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or_else(no_value)?;
        let opened = opening.after(1);
        let length = opened.text.find(quote).ok_or_else(no_value)?;
        let value = attribute_value(opened.before(length))?;
        Ok((Self { name, value }, opened.after(length + 1)))
    }
}

fn check_room(pairs: &[Pair<'_>], pair: &Pair<'_>) -> Result<(), LocatedFlaw> {
    if pairs.len() >= MAX_ATTRIBUTES {
        return Err(pair.name.piece.fault(Flaw::TooMany("attributes of an element", MAX_ATTRIBUTES)));
    }
    // Compared as written: `Scope` finds those that differ only in their prefix.
    if pairs.iter().any(|earlier| earlier.name.piece.text == pair.name.piece.text) {
        return Err(pair.name.fault(Flaw::Duplicate));
    }
    Ok(())
}

/// Splits before the first byte that matches, which must be ASCII.
fn split(piece: Piece<'_>, is_end: impl Fn(u8) -> bool) -> (Piece<'_>, Piece<'_>) {
    let length = piece.text.bytes().position(is_end).unwrap_or(piece.text.len());
    (piece.before(length), piece.after(length))
}

fn skip_space(piece: Piece<'_>) -> Piece<'_> {
    let length = piece.text.bytes().take_while(|byte| is_space(*byte)).count();
    piece.after(length)
}
