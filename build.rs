//! Fingerprints the files the browser loads and writes the table that `web::assets` includes.
//!
//! Our own files are in `static/`; the one third-party script comes from `node_modules`, which
//! `npm ci` fills from the lock file. A file's name carries its hash, so it may be cached for ever.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

/// Constant, path from the package root, MIME type.
const FILES: [(&str, &str, &str); 6] = [
    ("APP_CSS", "static/app.css", "text/css; charset=utf-8"),
    ("APP_JS", "static/app.js", "text/javascript; charset=utf-8"),
    (
        "HTMX",
        "node_modules/htmx.org/dist/htmx.min.js",
        "text/javascript; charset=utf-8",
    ),
    (
        "LIVE_JS",
        "static/live.js",
        "text/javascript; charset=utf-8",
    ),
    ("ICONS", "static/icons.svg", "image/svg+xml"),
    ("FAVICON", "static/favicon.svg", "image/svg+xml"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut constants = String::new();
    let mut table = String::new();
    for (constant, path, mime) in FILES {
        let source = root.join(path);
        println!("cargo::rerun-if-changed={}", source.display());
        let bytes = fs::read(&source).map_err(|error| missing(&source, &error))?;
        let name = fingerprinted(&source, &bytes)?;
        writeln!(
            constants,
            "/// URL of `{path}`.\npub const {constant}: &str = \"/static/{name}\";"
        )?;
        let place = source.to_str().ok_or("the path is not UTF-8")?;
        writeln!(
            table,
            "    Asset {{ name: \"{name}\", mime: \"{mime}\", bytes: include_bytes!({place:?}) }},"
        )?;
    }
    let code = format!(
        "{constants}\n/// Every file the browser loads.\npub const ALL: &[Asset] = &[\n{table}];\n"
    );
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("assets.rs"), code)?;
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

/// `app.<16 hexadecimal digits>.css` for `app.css`.
fn fingerprinted(source: &Path, bytes: &[u8]) -> Result<String, Box<dyn Error>> {
    let name = source
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or("the file has no name")?;
    let (stem, extension) = name.split_once('.').ok_or("the file has no extension")?;
    let mut hash = String::new();
    for byte in Sha256::digest(bytes).iter().take(8) {
        write!(hash, "{byte:02x}")?;
    }
    Ok(format!("{stem}.{hash}.{extension}"))
}

fn missing(source: &Path, error: &std::io::Error) -> String {
    let advice = if source.iter().any(|part| part == "node_modules") {
        ": run `npm ci` first (make does it)"
    } else {
        ""
    };
    format!("{}: {error}{advice}", source.display())
}
