//! The style sheets, the script and the icon, under addresses that change with their content.

use actix_web::{HttpResponse, http::header, web};

/// An asset.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    content: &'static str,
}

const ASSETS: [Asset; 4] = [
    Asset {
        name: "style.css",
        media_type: "text/css; charset=utf-8",
        content: include_str!("assets/style.css"),
    },
    Asset {
        name: "live.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("assets/live.js"),
    },
    Asset {
        name: "paper.css",
        media_type: "text/css; charset=utf-8",
        content: include_str!("../papers/paper.css"),
    },
    Asset { name: "icon.svg", media_type: "image/svg+xml", content: include_str!("assets/icon.svg") },
];

/// The hash of all assets, as it stands in their addresses: a browser keeps them for a year and asks for new ones at once.
pub(super) fn version() -> String {
    format!("{:016x}", VERSION)
}

const VERSION: u64 = {
    let mut hash = FNV_OFFSET;
    let mut at = 0;
    while at < ASSETS.len() {
        #[expect(clippy::indexing_slicing, reason = "it is evaluated by the compiler")]
        let content = ASSETS[at].content.as_bytes();
        hash = fnv(hash, content);
        at += 1;
    }
    hash
};

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// FNV-1a. It tells versions apart, and protects nothing.
const fn fnv(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut at = 0;
    while at < bytes.len() {
        #[expect(clippy::indexing_slicing, reason = "it is evaluated by the compiler")]
        let byte = bytes[at];
        hash = (hash ^ byte as u64).wrapping_mul(FNV_PRIME);
        at += 1;
    }
    hash
}

/// Answers an asset. It holds no data, so that the sign-in page can use it.
pub(super) async fn show(path: web::Path<(String, String)>) -> HttpResponse {
    let (version, name) = path.into_inner();
    let asset = ASSETS.iter().find(|asset| asset.name == name && version == self::version());
    let Some(Asset { media_type, content, .. }) = asset else {
        return HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("no such file\n");
    };
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .content_type(*media_type)
        .body(*content)
}
