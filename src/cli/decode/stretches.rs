//! Divides a file into stretches with one encoding each.
//!
//! Anything unusual in an encoding has a cost, and so does a change of encoding, more so within a
//! line. The cheapest division of the bytes wins: a shortest path, found in one pass over windows
//! of limited size. Bytes that are beyond doubt are skipped.

use std::ops::Range;
use std::sync::LazyLock;

use Encoding::{Big, Little, Narrow};

/// The encoding of a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8 or Windows-1252.
    Narrow,
    /// UTF-16, low byte first (little-endian).
    Little,
    /// UTF-16, high byte first (big-endian).
    Big,
}

/// A range of bytes in one encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) range: Range<usize>,
    pub(super) encoding: Encoding,
}

/// How many bytes are divided at a time, and how many bytes after them are taken into account.
const WINDOW: usize = 1024;
const AHEAD: usize = 256;

/// UTF-16 can start this many bytes before its first zero, if its first letters are not Latin.
const BEFORE_ZERO: usize = 1024;

/// How many bytes at a time are tested for being beyond doubt.
const CHUNK: usize = 64;

/// The cost of a change of encoding: at a byte order mark, at the end of a line, at the start of a
/// file (from 8-bit text), elsewhere.
const AT_MARK: u32 = 4;
const AT_LINE_END: u32 = 16;
const AT_BEGINNING: u32 = 24;
const ELSEWHERE: u32 = 30;

/// The cost in 8-bit text of a control character, a byte that is not UTF-8, and a zero.
const CONTROL: u8 = 8;
const NOT_UTF8: u8 = 4;
const LONE_ZERO: u8 = 20;
const ZERO_IN_BLOCK: u8 = 4;

/// The cost in UTF-16 of a unit that is not Latin, of one whose bytes are both ASCII characters, of
/// another such unit right after it, and of one that almost never occurs in text.
const UNIT: u8 = 2;
const TWO_NARROW: u8 = 4;
const MORE_NARROW: u8 = 12;
const STRANGE_UNIT: u8 = 16;

/// More than the cost of any path through a window.
const NEVER: u32 = 1 << 24;

impl Encoding {
    const ALL: [Self; 3] = [Narrow, Little, Big];

    fn width(self) -> usize {
        if self == Narrow { 1 } else { 2 }
    }

    fn unit(self, bytes: [u8; 2]) -> u16 {
        if self == Big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    /// The bytes, or the UTF-16 units, of a stretch.
    pub(super) fn units(self, bytes: &[u8]) -> impl Iterator<Item = u16> {
        bytes.chunks_exact(self.width()).map(move |bytes| match *bytes {
            [one, other] => self.unit([one, other]),
            _ => bytes[0].into(),
        })
    }

    /// Whether the unit almost never occurs in text.
    pub(super) fn is_strange(self, unit: u16) -> bool {
        match unit {
            7..=13 | 27 => false,
            0..32 => true,
            _ if self == Narrow => false,
            // Latin, Cyrillic, Arabic and similar; India to Korea; punctuation and symbols; kana;
            // Chinese characters; Hangul; surrogates; wide forms.
            0xA0..0x700
            | 0x900..0x1200
            | 0x1E00..0x2700
            | 0x3000..0x3100
            | 0x4E00..0xA000
            | 0xAC00..0xE000
            | 0xFE00..0xFFFE => false,
            0x80.. => true,
            _ => false,
        }
    }
}

/// Divides all of `bytes`.
pub(super) fn stretches(bytes: &[u8]) -> Vec<Stretch> {
    let mut divided = Divided { bytes, end: 0, stretches: Vec::new() };
    while divided.end < bytes.len() {
        let encoding = divided.encoding().unwrap_or(Narrow);
        let sure = sure(&bytes[divided.end..], encoding);
        if sure > 0 {
            divided.push(divided.end + sure, encoding);
        } else {
            divided.push_window();
        }
    }
    divided.stretches
}

/// The stretches up to a byte.
struct Divided<'b> {
    bytes: &'b [u8],
    end: usize,
    stretches: Vec<Stretch>,
}

impl Divided<'_> {
    /// The encoding so far; `None` at the start of a file without a UTF-16 byte order mark.
    fn encoding(&self) -> Option<Encoding> {
        self.stretches.last().map(|last| last.encoding).or_else(|| marked(self.bytes))
    }

    fn push(&mut self, end: usize, encoding: Encoding) {
        match self.stretches.last_mut() {
            Some(last) if last.encoding == encoding => last.range.end = end,
            _ => self.stretches.push(Stretch { range: self.end..end, encoding }),
        }
        self.end = end;
    }

    fn push_window(&mut self) {
        let start = self.end;
        let end = self.bytes.len().min(start + WINDOW + AHEAD);
        let kept = if end == self.bytes.len() { end } else { start + WINDOW };
        for Stretch { range, encoding } in cheapest(self.bytes, start..end, self.encoding()) {
            let len = kept.saturating_sub(range.start).min(range.len());
            match len - len % encoding.width() {
                0 => break,
                len => self.push(range.start + len, encoding),
            }
        }
    }
}

/// How many bytes at the start of `bytes` are beyond doubt in the encoding of those before.
fn sure(bytes: &[u8], encoding: Encoding) -> usize {
    let zeros = bytes.chunks_exact(CHUNK).take_while(|chunk| chunk.iter().all(|&byte| byte == 0));
    match zeros.count() {
        0 if encoding == Narrow => sure_narrow(bytes),
        0 => sure_wide(bytes, encoding),
        zeros => zeros * CHUNK,
    }
}

/// All bytes up to the next zero, except those that may be UTF-16 before it.
fn sure_narrow(bytes: &[u8]) -> usize {
    let Some(zero) = memchr::memchr(0, bytes) else { return bytes.len() };
    let is_ascii = |byte: &&u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let ascii = bytes[..zero].iter().rev().take(CHUNK).take_while(is_ascii).count();
    zero.saturating_sub(if ascii == CHUNK { CHUNK / 2 } else { BEFORE_ZERO })
}

/// Letters whose high bytes are control characters in 8-bit text, with few others between them.
fn sure_wide(bytes: &[u8], wide: Encoding) -> usize {
    let is_doubtful = |&unit: &u16| !matches!(unit, 1..0x700 | 0xE00..0x1B00 | 0x1C00..0x2000);
    let doubtful = |units: &[u8]| wide.units(units).filter(is_doubtful).count();
    let mut sure = 0;
    'chunks: loop {
        for len in [CHUNK, CHUNK + 8, CHUNK + 16] {
            let Some(chunk) = bytes.get(sure..sure + len) else { return sure };
            // Two changes of encoding cost more than two units; the end must have none in doubt.
            if doubtful(chunk) <= 2 && doubtful(&chunk[len - 8..]) == 0 {
                sure += len;
                continue 'chunks;
            }
        }
        return sure;
    }
}

/// The cost for each encoding.
type Costs = [u32; 3];

/// The cheapest division of a window after text in the encoding `from`. It may omit the last byte,
/// as the window may end within a unit.
fn cheapest(bytes: &[u8], window: Range<usize>, from: Option<Encoding>) -> Vec<Stretch> {
    let units = unit_costs(&bytes[window.clone()]);
    let mut costs = Encoding::ALL.map(|encoding| match from {
        Some(from) if from != encoding => NEVER,
        None if encoding != Narrow => AT_BEGINNING,
        _ => 0,
    });
    // The costs up to the previous byte and, for UTF-16, up to the next byte.
    let (mut last, mut next) = ([NEVER; 3], [NEVER; 2]);
    let mut done = [2, 1].map(|back| window.start.checked_sub(back).map_or(0, |at| bytes[at]));
    // For a unit that starts at a byte, in each encoding: the encoding before it.
    let mut before = Vec::with_capacity(window.len());
    for (at, [narrow, little, big]) in window.clone().zip(units) {
        let [from_narrow, from_little, from_big] = changes(costs, done, &bytes[at..window.end]);
        last = costs;
        costs = [from_narrow.0 + u32::from(narrow), next[0], next[1]];
        next = [from_little.0 + u32::from(little), from_big.0 + u32::from(big)];
        before.push([from_narrow.1, from_little.1, from_big.1]);
        done = [done[1], bytes[at]];
    }
    // A window may end within a unit, but a file hardly ever does.
    let cut = if window.end == bytes.len() { AT_LINE_END } else { 0 };
    let (mut end, mut encoding) = (window.end, least(costs));
    if window.len() > 1 && last[least(last) as usize] + cut < costs[encoding as usize] {
        (end, encoding) = (window.end - 1, least(last));
    }
    let mut stretches = Vec::new();
    let mut at = end;
    while at > window.start {
        at -= encoding.width();
        let from = before[at - window.start][encoding as usize];
        if from != encoding || at == window.start {
            stretches.push(Stretch { range: at..end, encoding });
            (end, encoding) = (at, from);
        }
    }
    stretches.reverse();
    stretches
}

/// The encoding that costs least.
fn least(costs: Costs) -> Encoding {
    let [narrow, little, big] = costs;
    if narrow <= little.min(big) {
        Narrow
    } else if little <= big {
        Little
    } else {
        Big
    }
}

/// The costs before `rest` if it is in each of the encodings, with the encoding before it. `done`
/// holds the two bytes before it, `costs` the costs up to there.
fn changes(costs: Costs, done: [u8; 2], rest: &[u8]) -> [(u32, Encoding); 3] {
    let at = |is_line_end| if is_line_end { AT_LINE_END } else { ELSEWHERE };
    // The lowest bits hold the encoding, so that the minimum identifies the cheapest one.
    let changed = ((costs[0] + at(done[1] == b'\n')) << 2)
        .min((costs[1] + at(done == *b"\n\0")) << 2 | 1)
        .min((costs[2] + at(done == *b"\0\n")) << 2 | 2);
    let marked = if rest[0] >= 0xFE { marked(rest) } else { None };
    let begin = |encoding: Encoding, cost: u32| {
        let changed = if marked == Some(encoding) {
            let least = (costs[0] << 2).min(costs[1] << 2 | 1).min(costs[2] << 2 | 2);
            least + (AT_MARK << 2)
        } else {
            changed
        };
        if cost <= changed >> 2 {
            (cost, encoding)
        } else {
            (changed >> 2, Encoding::ALL[changed as usize & 3])
        }
    };
    [begin(Narrow, costs[0]), begin(Little, costs[1]), begin(Big, costs[2])]
}

/// The encoding of the byte order mark at the start of `bytes`.
fn marked(bytes: &[u8]) -> Option<Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => Some(Little),
        [0xFE, 0xFF, ..] => Some(Big),
        _ => None,
    }
}

/// The cost of a unit that starts at each byte, in each encoding.
fn unit_costs(bytes: &[u8]) -> Vec<[u8; 3]> {
    let mut costs = vec![[0; 3]; bytes.len()];
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        let invalid = at + chunk.valid().len();
        for (cost, byte) in costs[at..].iter_mut().zip(chunk.valid().bytes()) {
            cost[0] = if Narrow.is_strange(byte.into()) { CONTROL } else { 0 };
        }
        at = invalid + chunk.invalid().len();
        costs[invalid..at].iter_mut().for_each(|cost| cost[0] = NOT_UTF8);
    }
    let is_zero = |at: Option<usize>| at.and_then(|at| bytes.get(at)) == Some(&0);
    for zero in memchr::memchr_iter(0, bytes) {
        let is_in_block = is_zero(zero.checked_sub(1)) || is_zero(Some(zero + 1));
        costs[zero][0] = if is_in_block { ZERO_IN_BLOCK } else { LONE_ZERO };
    }
    let table = &*WIDE_COSTS;
    for wide in [Little, Big] {
        // For the units that start one and two bytes before.
        let (mut one_before, mut two_before) = (0, 0);
        for (cost, unit) in costs.iter_mut().zip(bytes.windows(2)) {
            let now = table[usize::from(wide.unit([unit[0], unit[1]]))];
            let is_second = now == TWO_NARROW && two_before == TWO_NARROW;
            cost[wide as usize] = if is_second { MORE_NARROW } else { now };
            (one_before, two_before) = (now, one_before);
        }
    }
    costs
}

/// The cost of each UTF-16 unit.
static WIDE_COSTS: LazyLock<Vec<u8>> = LazyLock::new(|| (0..=u16::MAX).map(wide_cost).collect());

fn wide_cost(unit: u16) -> u8 {
    let is_narrow = |byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    match unit {
        0 => 2 * ZERO_IN_BLOCK,
        0xFEFF => 0,
        _ if Little.is_strange(unit) => STRANGE_UNIT,
        1..=0xFF => 0,
        // Kana: their high byte is the character `0`.
        0x3040..0x3100 => UNIT,
        _ if unit.to_be_bytes().into_iter().all(is_narrow) => TWO_NARROW,
        // Latin letters in the other byte order; these two are frequent themselves.
        _ if unit.to_le_bytes()[0] == 0 && !matches!(unit, 0x3000 | 0x4E00) => STRANGE_UNIT,
        _ => UNIT,
    }
}
