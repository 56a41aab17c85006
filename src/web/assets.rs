//! The files the browser loads, compiled in, each under a name that carries its hash.
//!
//! `build.rs` makes the table. This module must not serve or write files; it only hands them out.

/// A file the browser loads from `/static`.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// The file name with the hash of its content, such as `app.0123456789abcdef.css`.
    pub name: &'static str,
    /// The media type to serve it with.
    pub mime: &'static str,
    /// What is in it.
    pub bytes: &'static [u8],
    /// The same, packed.
    pub gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));
