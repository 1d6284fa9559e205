//! The chart for one size: one bar per row and server, on a logarithmic scale.

use std::fmt::Write as _;

use super::Server;
use super::details::{Row, Value, show};

const COLORS: [&str; 3] = ["#2563eb", "#94a3b8", "#f59e0b"];
const BAR: usize = 11;
const LABELS: usize = 230;
const WIDTH: usize = 420;

/// The times as an SVG image.
pub(crate) fn svg(megabytes: usize, servers: &[Server], rows: &[Row]) -> String {
    let is_shown = |row: &&Row| row.what != "processor time in total";
    let rows: Vec<&Row> = rows.iter().filter(is_shown).collect();
    let height = 50 + rows.len() * (BAR * servers.len() + 12);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"10\" y=\"18\" font-size=\"13\" font-weight=\"bold\">A log of {megabytes} MB (shorter is better, logarithmic)</text>\n",
        LABELS + WIDTH + 90,
    );
    for (at, server) in servers.iter().enumerate() {
        let x = LABELS + at * 110;
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"26\" width=\"9\" height=\"9\" fill=\"{}\"/><text x=\"{}\" y=\"34\">{}</text>",
            COLORS[at % COLORS.len()],
            x + 13,
            server.name,
        );
    }
    let mut y = 46;
    for row in rows {
        let logs = row.values.iter().flatten().copied().map(Value::number);
        let logs = logs.map(|number| number.max(1e-9).log10());
        let (low, high) = logs.fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            LABELS - 8,
            y + BAR,
            row.what,
        );
        for (at, value) in row.values.iter().copied().enumerate() {
            // The shortest bar in a row is a tenth of the width, so that it remains visible.
            let part = value.map_or(0.0, |value| {
                0.1 + 0.9 * (value.number().max(1e-9).log10() - low) / (high - low).max(1.0)
            });
            let width = (part * WIDTH as f64) as usize;
            let _ = writeln!(
                svg,
                "<rect x=\"{LABELS}\" y=\"{y}\" width=\"{width}\" height=\"{}\" fill=\"{}\"/><text x=\"{}\" y=\"{}\" font-size=\"9\">{}</text>",
                BAR - 2,
                COLORS[at % COLORS.len()],
                LABELS + width + 4,
                y + BAR - 3,
                show(value),
            );
            y += BAR;
        }
        y += 12;
    }
    svg.push_str("</svg>\n");
    svg
}
