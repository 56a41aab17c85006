//! Fingerprints the files the browser loads and writes the table that `web::assets` includes.
//!
//! Our own files are in `static/`; the one third-party script comes from `node_modules`, which
//! `npm ci` fills from the lock file. A file's name carries its hash, so it may be cached for ever. Each is
//! packed once here, as well as gzip can, so that nothing is packed while somebody waits.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
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
    let folder = PathBuf::from(env::var("OUT_DIR")?);
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
        let packed = folder.join(format!("{name}.gz"));
        fs::write(&packed, gzip(&bytes)?)?;
        let place = |path: &Path| Ok::<_, &str>(format!("{:?}", path.to_str().ok_or(NO_TEXT)?));
        writeln!(
            table,
            "    Asset {{ name: \"{name}\", mime: \"{mime}\", bytes: include_bytes!({}), \
             gzip: include_bytes!({}) }},",
            place(&source)?,
            place(&packed)?
        )?;
    }
    let code = format!(
        "{constants}\n/// Every file the browser loads.\npub const ALL: &[Asset] = &[\n{table}];\n"
    );
    fs::write(folder.join("assets.rs"), code)?;
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

const NO_TEXT: &str = "the path is not UTF-8";

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
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
