//! Looking into HTML, by CSS selectors.

use scraper::{ElementRef, Html as Document, Selector};

/// A page or a fragment of one.
pub struct Html {
    source: String,
    document: Document,
}

impl Html {
    /// Reads a page or a fragment.
    pub fn read(source: &str) -> Self {
        let start = source.trim_start();
        // Outside a table, a parser drops rows and cells.
        let is_rows = ["<tr", "<td", "<th", "<tbody"]
            .iter()
            .any(|tag| start.starts_with(tag) && !start.starts_with("<thead"));
        let document = if is_rows {
            Document::parse_fragment(&format!("<table>{source}</table>"))
        } else if start.starts_with("<!") || start.starts_with("<html") {
            Document::parse_document(source)
        } else {
            Document::parse_fragment(source)
        };
        Self {
            source: source.to_owned(),
            document,
        }
    }

    /// The visible text of everything that matches, blanks evened out.
    #[track_caller]
    pub fn texts(&self, css: &str) -> Vec<String> {
        self.all(css).into_iter().map(text_of).collect()
    }

    /// The text of the one element that matches.
    #[track_caller]
    pub fn text(&self, css: &str) -> String {
        text_of(self.one(css))
    }

    /// An attribute of the one element that matches.
    #[track_caller]
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        self.one(css).attr(name).map(ToOwned::to_owned)
    }

    /// An attribute of everything that matches and has it.
    #[track_caller]
    pub fn attributes(&self, css: &str, name: &str) -> Vec<String> {
        let all = self.all(css);
        all.iter()
            .filter_map(|element| element.attr(name).map(ToOwned::to_owned))
            .collect()
    }

    /// How many elements match.
    #[track_caller]
    pub fn count(&self, css: &str) -> usize {
        self.all(css).len()
    }

    #[track_caller]
    fn one(&self, css: &str) -> ElementRef<'_> {
        let all = self.all(css);
        match all[..] {
            [element] => element,
            _ => panic!(
                "expected one {css:?}, found {} in\n{}",
                all.len(),
                self.source
            ),
        }
    }

    #[track_caller]
    fn all(&self, css: &str) -> Vec<ElementRef<'_>> {
        let selector =
            Selector::parse(css).unwrap_or_else(|error| panic!("{css:?} is no selector: {error}"));
        self.document.select(&selector).collect()
    }
}

fn text_of(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
