//! Texts as HTML.

use hexplain::explain::Prose;

/// A text with no character of it as markup, in an element or a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// A remedy or a note as on hover: its code spans are code, and its lines are one paragraph.
pub(crate) fn html(prose: &Prose) -> String {
    let source = prose.source();
    let mut html = String::with_capacity(source.len() + 64);
    let mut written = 0;
    for span in prose.code_spans() {
        let start = span.as_ptr() as usize - source.as_ptr() as usize;
        html.push_str(&escape(&source[written..start - 1]));
        html.push_str("<code>");
        html.push_str(&escape(span));
        html.push_str("</code>");
        written = start + span.len() + 1;
    }
    html.push_str(&escape(&source[written..]));
    let lines: Vec<&str> = html.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("<br>\n")
}

/// The beginning of a text, in whole words.
pub(crate) fn beginning(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{}…", whole.trim_end_matches([',', ';', '.', ':', '\u{a0}']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_spans_are_code_and_nothing_else_is_markup() {
        for (text, expected) in [
            ("Run `a <b>` & wait.", "Run <code>a &lt;b&gt;</code> &amp; wait."),
            ("`a``b`", "`a``b`"),
            ("`a`, `b`", "<code>a</code>, <code>b</code>"),
            ("a\n\nb `c`", "a<br>\nb <code>c</code>"),
            ("one ` tick", "one ` tick"),
        ] {
            assert_eq!(html(&text.into()), expected, "{text}");
        }
    }

    #[test]
    fn a_beginning_ends_with_a_word() {
        assert_eq!(beginning("one two", 7), "one two");
        assert_eq!(beginning("one, two", 6), "one…");
    }
}
