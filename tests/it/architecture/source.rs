//! A Rust file as its names: what it imports, and which paths it names.

/// A word, `::`, or another character; each with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) line: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word(String),
    PathSeparator,
    Other(char),
}

impl Token {
    pub(super) fn word(&self) -> Option<&str> {
        if let TokenKind::Word(word) = &self.kind { Some(word) } else { None }
    }

    fn is(&self, c: char) -> bool {
        self.kind == TokenKind::Other(c)
    }

    fn is_separator(&self) -> bool {
        self.kind == TokenKind::PathSeparator
    }
}

/// The tokens of a file; comments and literals are left out.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let chars = text.chars().collect::<Vec<_>>();
    let (mut tokens, mut at, mut line) = (Vec::new(), 0, 1);
    let starts = |at: usize, what: &str| what.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c));
    while let Some(&c) = chars.get(at) {
        let begin = at;
        at += 1;
        let mut push = |kind| tokens.push(Token { kind, line });
        if starts(begin, "//") {
            at = find(&chars, begin, |c| c == '\n');
        } else if c == '"' {
            at = end_of_string(&chars, at);
        } else if c == 'r'
            && (starts(begin, "r\"") || starts(begin, "r#"))
            && raw_string(&chars, begin).is_some()
        {
            at = raw_string(&chars, begin).unwrap();
        } else if c == '\'' {
            at = end_of_char(&chars, at);
        } else if c.is_alphanumeric() || c == '_' {
            at = find(&chars, begin, |c| !(c.is_alphanumeric() || c == '_'));
            push(TokenKind::Word(chars[begin..at].iter().collect()));
        } else if starts(begin, "::") {
            at += 1;
            push(TokenKind::PathSeparator);
        } else if !c.is_whitespace() {
            push(TokenKind::Other(c));
        }
        line += chars[begin..at].iter().filter(|c| **c == '\n').count();
    }
    tokens
}

fn find(chars: &[char], from: usize, is_end: impl Fn(char) -> bool) -> usize {
    chars[from..].iter().position(|c| is_end(*c)).map_or(chars.len(), |length| from + length)
}

fn end_of_string(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// Past a raw string, if one begins here.
fn raw_string(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    let open = at + 1 + hashes;
    (chars.get(open) == Some(&'"')).then_some(())?;
    let is_end =
        |i: &usize| chars[*i] == '"' && chars[i + 1..].iter().take_while(|c| **c == '#').count() >= hashes;
    (open + 1..chars.len()).find(is_end).map(|end| end + 1 + hashes)
}

/// Past a character literal; a lifetime is left to be read as a word.
fn end_of_char(chars: &[char], at: usize) -> usize {
    match (chars.get(at), chars.get(at + 1)) {
        (Some('\\'), _) => find(chars, at + 2, |c| c == '\'') + 1,
        (Some(_), Some('\'')) => at + 2,
        _ => at,
    }
}

/// The tokens without the items that are compiled for tests alone.
pub(super) fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if is_test_attribute(&tokens[at..]) {
            at = end_of_item(tokens, at + 7);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

fn is_test_attribute(tokens: &[Token]) -> bool {
    let texts = ["#", "[", "cfg", "(", "test", ")", "]"];
    let is = |(token, text): (&Token, &str)| match &token.kind {
        TokenKind::Word(word) => word == text,
        TokenKind::Other(c) => text.chars().eq([*c]),
        TokenKind::PathSeparator => false,
    };
    tokens.len() >= texts.len() && tokens.iter().zip(texts).all(is)
}

/// An item ends with `;`, or with the `}` of its first block.
fn end_of_item(tokens: &[Token], from: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token.kind {
            TokenKind::Other('{') => depth += 1,
            TokenKind::Other('}') => depth -= 1,
            TokenKind::Other(';') if depth == 0 => return at + 1,
            TokenKind::Word(_) | TokenKind::PathSeparator | TokenKind::Other(_) => continue,
        }
        let is_list_of_use = tokens.get(at + 1).is_some_and(|next| next.is(';') || next.is(','));
        if depth == 0 && !is_list_of_use {
            return at + 1;
        }
    }
    tokens.len()
}

/// A path that a `use` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) path: Vec<String>,
    /// What the file calls it.
    pub(super) name: String,
    /// Whether others may import it from here.
    pub(super) is_public: bool,
    pub(super) line: usize,
}

/// What a file imports, and every other path of at least two segments that it names.
pub(super) fn names(tokens: &[Token]) -> (Vec<Import>, Vec<(Vec<String>, usize)>) {
    let (mut imports, mut paths, mut at) = (Vec::new(), Vec::new(), 0);
    while at < tokens.len() {
        let begins_use =
            tokens[at].word() == Some("use") && !tokens.get(at + 1).is_none_or(|next| next.is('<'));
        if begins_use {
            let is_public = at > 0 && (tokens[at - 1].word() == Some("pub") || tokens[at - 1].is(')'));
            let mut list = Vec::new();
            at = use_tree(tokens, at + 1, &[], &mut list);
            imports.extend(list.into_iter().map(|(path, name, line)| Import { path, name, is_public, line }));
        } else if tokens[at].word().is_some() {
            let (path, line) = (path_at(tokens, at), tokens[at].line);
            at += 2 * path.len() - 1;
            if path.len() > 1 {
                paths.push((path, line));
            }
        } else {
            at += 1;
        }
    }
    (imports, paths)
}

fn path_at(tokens: &[Token], mut at: usize) -> Vec<String> {
    let mut path = Vec::new();
    while let Some(word) = tokens.get(at).and_then(Token::word) {
        path.push(word.to_owned());
        if !tokens.get(at + 1).is_some_and(Token::is_separator) {
            break;
        }
        at += 2;
    }
    path
}

/// Reads a tree of a `use` under a prefix; where it ends.
fn use_tree(
    tokens: &[Token],
    mut at: usize,
    prefix: &[String],
    found: &mut Vec<(Vec<String>, String, usize)>,
) -> usize {
    let (mut path, line) = (prefix.to_vec(), tokens[at].line);
    while let Some(token) = tokens.get(at) {
        match &token.kind {
            TokenKind::Word(word) if word == "as" => {
                let name = tokens[at + 1].word().unwrap_or("_").to_owned();
                found.push((path, name, line));
                return at + 2;
            }
            TokenKind::Word(word) => path.push(word.clone()),
            TokenKind::Other('*') => path.push("*".to_owned()),
            TokenKind::PathSeparator => {}
            TokenKind::Other('{') => {
                at += 1;
                while tokens.get(at).is_some_and(|token| !token.is('}')) {
                    let end = use_tree(tokens, at, &path, found);
                    // A macro's list may hold what is no path; it is passed.
                    at = if end == at || tokens.get(end).is_some_and(|token| token.is(',')) {
                        end + 1
                    } else {
                        end
                    };
                }
                return at + 1;
            }
            TokenKind::Other(_) => break,
        }
        at += 1;
    }
    if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
        path.pop();
    }
    let name = path.last().cloned().unwrap_or_default();
    found.push((path, name, line));
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imported(text: &str) -> Vec<String> {
        let (imports, paths) = names(&tokens(text));
        let imports = imports.iter().map(|import| format!("{} as {}", import.path.join("::"), import.name));
        imports.chain(paths.iter().map(|(path, _)| path.join("::"))).collect()
    }

    #[test]
    fn every_name_is_found_and_no_literal_is_one() {
        let text = r##"
            // use crate::comment;
            pub use crate::{a::{self, B}, c::D as E};
            use super::f::*;
            fn g<'a>(h: &'a str) -> char { i::j("k::l", r#"m::"n"#, 'o', '\''); crate::p::q() }
        "##;
        let expected = [
            "crate::a as a",
            "crate::a::B as B",
            "crate::c::D as E",
            "super::f::* as *",
            "i::j",
            "crate::p::q",
        ];
        assert_eq!(imported(text), expected);
        assert_eq!(names(&tokens(text)).0[0].line, 3);
    }

    #[test]
    fn what_is_for_tests_alone_is_left_out() {
        let text =
            "#[cfg(test)] use a::{b, c}; use d::e; #[cfg(test)] mod tests { use f::g; } fn h() { i::j() }";
        let (imports, paths) = names(&without_tests(&tokens(text)));
        let imports = imports.iter().map(|import| import.path.join("::")).collect::<Vec<_>>();
        assert_eq!((imports, paths.len()), (vec!["d::e".to_owned()], 1));
    }
}
