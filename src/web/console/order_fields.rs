//! The fields of the forms of an order.

use super::{form::Form, multipart::FILE_FIELD};

/// A field of a form.
pub(super) struct Field {
    pub(super) name: &'static str,
    /// Its name on the page, which has several forms.
    pub(super) id: String,
    pub(super) label: &'static str,
    pub(super) kind: FieldKind,
    pub(super) value: String,
    pub(super) is_required: bool,
}

/// What is filled in.
pub(super) enum FieldKind {
    Text,
    /// Several lines.
    Area,
    Day,
    /// A day and a time of the wall clock in the United Kingdom.
    Time,
    /// One of these texts; what stands for none.
    Choice(&'static str, Vec<String>),
    /// Any of these texts, and whether each is chosen.
    Checks(Vec<(String, bool)>),
    File,
}

impl Field {
    fn new(form: &str, name: &'static str, label: &'static str, kind: FieldKind) -> Self {
        Self { name, id: format!("{form}-{name}"), label, kind, value: String::new(), is_required: false }
    }

    pub(super) fn text(form: &str, name: &'static str, label: &'static str) -> Self {
        Self::new(form, name, label, FieldKind::Text)
    }

    pub(super) fn area(form: &str, name: &'static str, label: &'static str) -> Self {
        Self::new(form, name, label, FieldKind::Area)
    }

    pub(super) fn day(form: &str, name: &'static str, label: &'static str) -> Self {
        Self::new(form, name, label, FieldKind::Day)
    }

    pub(super) fn time(form: &str, name: &'static str, label: &'static str, value: &str) -> Self {
        Self { value: value.to_owned(), ..Self::new(form, name, label, FieldKind::Time) }
    }

    pub(super) fn choice(
        form: &str,
        name: &'static str,
        label: &'static str,
        none: &'static str,
        texts: Vec<String>,
    ) -> Self {
        Self::new(form, name, label, FieldKind::Choice(none, texts))
    }

    pub(super) fn checks(
        form: &str,
        name: &'static str,
        label: &'static str,
        texts: &[impl ToString],
    ) -> Self {
        let texts = texts.iter().map(|text| (text.to_string(), false)).collect();
        Self::new(form, name, label, FieldKind::Checks(texts))
    }

    /// The file, which stands last in a form.
    pub(super) fn file(form: &str) -> Self {
        Self::new(form, FILE_FIELD, "CSV file", FieldKind::File).required()
    }

    /// The same, which has to be filled in.
    pub(super) fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    /// The same with that value.
    pub(super) fn filled(self, value: Option<&impl ToString>) -> Self {
        Self { value: value.map(ToString::to_string).unwrap_or_default(), ..self }
    }

    /// The same with those of its texts chosen.
    pub(super) fn chosen(mut self, is_chosen: impl Fn(&str) -> bool) -> Self {
        if let FieldKind::Checks(texts) = &mut self.kind {
            texts.iter_mut().for_each(|(text, chosen)| *chosen = is_chosen(text));
        }
        self
    }

    /// Takes over what was filled in before. A file is chosen again.
    pub(super) fn keep(&mut self, sent: &Form) {
        match &mut self.kind {
            FieldKind::Checks(texts) => {
                let is_sent =
                    |text: &str| sent.fields().iter().any(|(key, value)| key == self.name && value == text);
                texts.iter_mut().for_each(|(text, is_chosen)| *is_chosen = is_sent(text));
            }
            FieldKind::File => {}
            FieldKind::Text | FieldKind::Area | FieldKind::Day | FieldKind::Time | FieldKind::Choice(..) => {
                self.value = sent.text(self.name).to_owned()
            }
        }
    }
}
