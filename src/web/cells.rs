//! Cells of tables that people open in a spreadsheet.

/// A text that no spreadsheet takes for a formula: names are chosen by whoever bears them.
pub fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_table_is_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert_eq!(cell(bad), format!("'{bad}"));
        }
        assert_eq!(cell("Joe = 1"), "Joe = 1");
    }
}
