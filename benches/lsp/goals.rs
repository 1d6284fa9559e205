//! The table of goals: one column per size.

use std::fmt::Write as _;

use super::details::{KEY_PRESS, OPEN, REST, Row, START, ratio};
use super::goal::verdict;

/// A row and its goals for 10, 50 and 100 MB.
struct Goal {
    what: &'static str,
    row: &'static str,
    unit: Unit,
    most: [f64; 3],
}

/// What the value is a multiple of.
enum Unit {
    Floor,
    Text,
}

const SIZES: [usize; 3] = [10, 50, 100];

const GOALS: [Goal; 4] = [
    Goal { what: "open, to the floor", row: OPEN, unit: Unit::Floor, most: [1.5, 1.3, 1.3] },
    Goal {
        what: "key press, to the floor",
        row: KEY_PRESS,
        unit: Unit::Floor,
        most: [1.2, 1.0, 1.0],
    },
    Goal {
        what: "memory at rest, to the text",
        row: REST,
        unit: Unit::Text,
        most: [1.8, 1.35, 1.25],
    },
    Goal { what: "start, to the floor", row: START, unit: Unit::Floor, most: [1.5, 1.5, 1.5] },
];

/// A column: the size in megabytes, the length of its text, and the rows measured with it, in which
/// hexplain is the first server and the floor the second.
pub(crate) struct Column {
    pub(crate) megabytes: usize,
    pub(crate) text_length: usize,
    pub(crate) rows: Vec<Row>,
}

/// Prints the table.
pub(crate) fn print(columns: &[Column]) {
    let mut head = format!("\n{:28}", "goals, ratios of this run");
    for column in columns {
        let _ = write!(head, "{:>26}", format!("{} MB", column.megabytes));
    }
    println!("{head}");
    for goal in &GOALS {
        let mut line = format!("{:28}", goal.what);
        for column in columns {
            let most = SIZES.iter().position(|&size| size == column.megabytes);
            let most = most.map(|at| goal.most[at]);
            let _ = write!(line, "{:>26}", verdict(goal.figure(column), most, "x"));
        }
        println!("{line}");
    }
}

impl Goal {
    fn figure(&self, column: &Column) -> Option<f64> {
        let row = column.rows.iter().find(|row| row.what == self.row)?;
        match self.unit {
            Unit::Floor => ratio(row.values[0], row.values[1]),
            Unit::Text => Some(row.values[0]?.number() / column.text_length as f64),
        }
    }
}
