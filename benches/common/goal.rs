//! How a figure from this run compares with its goal.

/// The figure, its goal if any, and whether it is met: `1.43x <= 1.50x met`.
pub(crate) fn verdict(figure: Option<f64>, goal: Option<f64>, unit: &str) -> String {
    let Some(figure) = figure else { return "–".to_owned() };
    match goal {
        None => format!("{figure:.2}{unit}"),
        Some(goal) => {
            let is_met = if figure <= goal { "met" } else { "MISSED" };
            format!("{figure:.2}{unit} <= {goal:.2}{unit} {is_met}")
        }
    }
}
