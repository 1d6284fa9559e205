//! All rows for one size, for each server.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;

use super::Server;
use super::client::{Client, URI, range_of};
use super::turns::{in_turn, median, percentile};

/// The rows that have goals.
pub(crate) const START: &str = "start to initialize answered";
pub(crate) const OPEN: &str = "open to diagnostics";
pub(crate) const REST: &str = "memory with the log open";
pub(crate) const KEY_PRESS: &str = "key press in the middle";

/// How long a server with an open log may take to return the memory used only for opening it.
const SETTLING: Duration = Duration::from_millis(500);

/// A row: a time or size for each server, `None` if the server does not answer.
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) values: Vec<Option<Value>>,
}

#[derive(Clone, Copy)]
pub(crate) enum Value {
    Time(Duration),
    Bytes(f64),
}

impl Value {
    pub(crate) fn number(self) -> f64 {
        match self {
            Self::Time(time) => time.as_secs_f64(),
            Self::Bytes(bytes) => bytes,
        }
    }

    fn show(self) -> String {
        match self {
            Self::Time(time) => format!("{:.2} ms", time.as_secs_f64() * 1e3),
            Self::Bytes(bytes) => format!("{:.1} MB", bytes / 1e6),
        }
    }
}

impl Row {
    fn of_times(what: &'static str, times: impl IntoIterator<Item = Option<Duration>>) -> Self {
        Self { what, values: times.into_iter().map(|time| time.map(Value::Time)).collect() }
    }

    fn of_bytes(what: &'static str, bytes: impl IntoIterator<Item = Option<u64>>) -> Self {
        let bytes = bytes.into_iter().map(|bytes| bytes.map(|bytes| Value::Bytes(bytes as f64)));
        Self { what, values: bytes.collect() }
    }

    fn of_medians(what: &'static str, times: Vec<Vec<Duration>>) -> Self {
        Self::of_times(what, times.into_iter().map(median))
    }
}

pub(crate) fn measure(servers: &[Server], text: &str) -> Vec<Row> {
    let count = servers.len();
    let start = in_turn(count, 40, |at| Some(Client::start(&servers[at].command).1));
    let open = in_turn(count, 5, |at| Client::start(&servers[at].command).0.open(text));
    let mut rows = vec![Row::of_medians(START, start), Row::of_medians(OPEN, open)];

    let open = |server: &Server| {
        let mut client = Client::start(&server.command).0;
        client.open(text).map(|_| client)
    };
    let mut clients: Vec<Option<Client>> = servers.iter().map(open).collect();
    std::thread::sleep(SETTLING);
    let memory: Vec<_> = clients.iter().map(|client| client.as_ref()?.memory()).collect();
    let (peak, rest) = memory.iter().map(|of| (of.map(|of| of.0), of.map(|of| of.1))).unzip();
    let (peak, rest): (Vec<_>, Vec<_>) = (peak, rest);
    rows.push(Row::of_bytes("peak memory", peak));
    rows.push(Row::of_bytes(REST, rest));
    rows.extend(answers(&mut clients, text));
    let cpu = clients.iter().map(|client| client.as_ref()?.cpu());
    rows.push(Row::of_times("processor time in total", cpu));
    rows.extend(hovers_during_a_scan(&mut clients, text));
    rows
}

/// Key presses and requests, with the text open.
fn answers(clients: &mut [Option<Client>], text: &str) -> Vec<Row> {
    let count = clients.len();
    let mut rows = Vec::new();
    let lines = text.lines().count();
    let at = place_of_a_code(text);
    for (what, line) in
        [("key press at the start", 0), (KEY_PRESS, lines / 2), ("key press at the end", lines - 1)]
    {
        let times = in_turn(count, 40, |of| clients[of].as_mut()?.key_press(line));
        rows.push(Row::of_medians(what, times));
    }
    // The key presses changed three lines only; the code is on another.
    let hovers = in_turn(count, 1000, |of| clients[of].as_mut()?.hover(at));
    rows.push(Row::of_medians("hover, median", hovers.clone()));
    let slow = hovers.into_iter().map(|times| percentile(times, 99));
    rows.push(Row::of_times("hover, 99th percentile", slow));
    let after = in_turn(count, 40, |of| clients[of].as_mut()?.hover_after_key_press(lines / 2, at));
    rows.push(Row::of_medians("hover directly after a key press", after));

    let hints = |first, last| range_of((first, 0), (last, 0));
    let completion = json!({
        "textDocument": { "uri": URI },
        "position": { "line": at.0, "character": at.1 + 4 },
    });
    for (what, method, params, times) in [
        ("hints of one screen", "inlayHint", hints(lines / 2, lines / 2 + 60), 100),
        ("hints of the whole file", "inlayHint", hints(0, lines), 5),
        ("completion after 0x87D1FD", "completion", completion, 100),
    ] {
        let method = format!("textDocument/{method}");
        let times =
            in_turn(count, times, |of| Some(clients[of].as_mut()?.request(&method, &params)?.0));
        rows.push(Row::of_medians(what, times));
    }
    rows
}

/// Hovers over the open text while another of the same size is being opened. The first one is left
/// out, as it waits until the other text has been read.
fn hovers_during_a_scan(clients: &mut [Option<Client>], text: &str) -> [Row; 2] {
    let at = place_of_a_code(text);
    let hovers: Vec<Vec<Duration>> = clients
        .iter_mut()
        .map(|client| {
            let times = client
                .as_mut()
                .and_then(|client| client.while_opening(1, text, |client| client.hover(at)));
            times.unwrap_or_default().into_iter().skip(1).collect()
        })
        .collect();
    let slow = hovers.clone().into_iter().map(|times| percentile(times, 99));
    [
        Row::of_medians("hover during a scan, median", hovers),
        Row::of_times("hover during a scan, 99th", slow),
    ]
}

/// The line and character inside the first `0x87D1FDE8`.
fn place_of_a_code(text: &str) -> (usize, usize) {
    let mut lines = text.lines().enumerate();
    let place = lines.find_map(|(line, text)| Some((line, text.find("0x87D1FDE8")? + 4)));
    place.expect("a code in the log")
}

pub(crate) fn show(value: Option<Value>) -> String {
    value.map_or_else(|| "–".to_owned(), Value::show)
}

/// Prints the rows, with the ratio for each other server.
pub(crate) fn print(title: &str, servers: &[Server], rows: &[Row]) {
    println!("\n{title}");
    let mut head = format!("{:32}{:>12}", "", servers[0].name);
    for server in &servers[1..] {
        let _ = write!(head, "{:>14}{:>9}", server.name, "ratio");
    }
    println!("{head}");
    for row in rows {
        let mut line = format!("{:32}{:>12}", row.what, show(row.values[0]));
        for &other in &row.values[1..] {
            let ratio = ratio(row.values[0], other);
            let ratio = ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
            let _ = write!(line, "{:>14}{ratio:>9}", show(other));
        }
        println!("{line}");
    }
}

/// `own` as a multiple of `other`.
pub(crate) fn ratio(own: Option<Value>, other: Option<Value>) -> Option<f64> {
    Some(own?.number() / other?.number())
}
