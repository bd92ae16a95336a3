//! Wrong ESME Variants: suspects, who may correct them, corrections and the report, on either store (VARIANTS.md).

mod acceptance;
mod feed;
mod feed_places;
mod feed_values;
mod http;
mod sample;
mod unusual;
