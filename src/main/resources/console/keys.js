// The keyboard: rows, pages and actions. Keys alone mean nothing while somebody types.

let first = null;

function rows() {
  return [...document.querySelectorAll("[data-row]")];
}

function current() {
  return document.querySelector("[data-row].at");
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
  all.forEach((row) => row.classList.toggle("at", row === next));
  next.querySelector("[data-open]")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function select() {
  const box = current()?.querySelector("input[type=checkbox]:not(:disabled)");
  if (box) box.click();
}

/** Presses the page's button for an action; on a list, for the current row if none is selected. */
function act(key) {
  const button = document.querySelector(`[data-key="${key}"]`);
  if (!button) return;
  // The form's own id cannot be asked: its check boxes are named "id", and hide it.
  if (button.closest("#selected")) {
    if (!document.querySelector(".pick input:checked")) select();
    if (!document.querySelector(".pick input:checked")) return;
  }
  button.click();
  button.closest("details")?.querySelector("form button")?.focus();
}

function isTyping(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, dialog[open], [contenteditable]");
}

export function listenToKeys({ toggleTheme, openHelp, togglePause }) {
  const keys = {
    "/": () => document.querySelector("#q")?.focus(),
    j: () => move(1),
    k: () => move(-1),
    x: select,
    c: () => act("c"),
    r: () => act("r"),
    e: () => act("e"),
    f: () => act("f"),
    p: togglePause,
    t: toggleTheme,
    "?": openHelp,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && event.target.id === "q") event.target.blur();
    if (isTyping(event.target)) return;
    const went = first === "g" && document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    first = event.key;
    if (went) {
      event.preventDefault();
      location.href = went.href;
    } else if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
}
