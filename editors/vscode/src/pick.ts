// A quick pick that queries the server on every key press: to explain a code, and to search by words.
import { l10n, type QuickPickItem, ThemeIcon, window } from "vscode";
import { type Answer, heading, read } from "./answers";
import { copy } from "./copy";

interface Item extends QuickPickItem {
  answer: Answer;
}

type Ask = (text: string) => Promise<Answer[]>;

export function pickAnswer(title: string, placeholder: string, value: string, ask: Ask): void {
  const pick = window.createQuickPick<Item>();
  // Keeps the server's order, most likely first. The property is not in the stable API, which always sorts by label.
  Object.assign(pick, { title, placeholder, value, sortByLabel: false });

  const update = async () => {
    const asked = pick.value;
    pick.busy = true;
    const answers = asked.trim() ? await ask(asked.trim()).catch(fail) : [];
    if (pick.value !== asked) return; // the text has changed: a newer request fills the list
    pick.busy = false;
    pick.items = answers.map(item);
  };
  const fail = (error: Error): Answer[] => {
    void window.showErrorMessage(error.message);
    pick.hide();
    return [];
  };

  pick.onDidChangeValue(update);
  pick.onDidTriggerItemButton(({ item }) => copy(item.answer.remedy ?? ""));
  pick.onDidAccept(() => {
    const [chosen] = pick.selectedItems;
    if (chosen) void read(chosen.answer);
    pick.hide();
  });
  pick.onDidHide(() => pick.dispose());
  pick.show();
  void update();
}

function item(answer: Answer): Item {
  return {
    answer,
    label: heading(answer),
    description: [answer.title, answer.name].filter(Boolean).join(" · "),
    detail: answer.message,
    alwaysShow: true, // the server has filtered; the editor's own filter would hide its answers
    buttons: answer.remedy ? [{ iconPath: new ThemeIcon("copy"), tooltip: l10n.t("Copy Remedy") }] : [],
  };
}
