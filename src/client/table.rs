//! A table for people: aligned columns under their names.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::remote::plain;

/// Writes rows under a header, each column as wide as its widest text. What a terminal would obey is
/// taken out.
pub fn write<const N: usize>(
    out: &mut impl Write,
    is_bold: bool,
    header: [&str; N],
    rows: &[[String; N]],
) -> io::Result<()> {
    let rows: Vec<[String; N]> = rows
        .iter()
        .map(|row| row.each_ref().map(|text| plain(text)))
        .collect();
    let mut widths = header.map(UnicodeWidthStr::width);
    for row in &rows {
        for (width, text) in widths.iter_mut().zip(row) {
            *width = text.width().max(*width);
        }
    }
    let line = |cells: [&str; N]| {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            line.push_str(cell);
            // Two blanks between columns.
            line.extend(std::iter::repeat_n(' ', width - cell.width() + 2));
        }
        line.trim_end().to_owned()
    };
    let (bold, plain) = if is_bold {
        ("\x1b[1m", "\x1b[0m")
    } else {
        ("", "")
    };
    writeln!(out, "{bold}{}{plain}", line(header))?;
    for row in &rows {
        writeln!(out, "{}", line(row.each_ref().map(String::as_str)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(is_bold: bool) -> String {
        let rows = [
            ["user:1", "Nils Ångström"],
            ["group:22", "天文\x1b[31m"],
            ["x", ""],
        ];
        let mut out = Vec::new();
        let rows = rows.map(|row| row.map(ToOwned::to_owned));
        write(&mut out, is_bold, ["MEMBER", "NAME"], &rows).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_are_aligned_and_nothing_is_obeyed() {
        let expected = "MEMBER    NAME\nuser:1    Nils Ångström\ngroup:22  天文\u{fffd}[31m\nx\n";
        assert_eq!(table(false), expected);
    }

    #[test]
    fn only_the_header_is_bold() {
        let lines = table(true);
        assert!(
            lines.starts_with("\x1b[1mMEMBER    NAME\x1b[0m\n"),
            "{lines}"
        );
        assert_eq!(lines.matches('\x1b').count(), 2);
    }
}
