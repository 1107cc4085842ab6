// What pages do beyond HTML. Every page works without it.
import { goLive, togglePause } from "./live.js";
import { listenToKeys } from "./keys.js";
import { guardForms } from "./forms.js";
import { searchOn } from "./search.js";

const day = 86400;

/** Writes a distance in time as the server does. */
function ago(date) {
  const seconds = Math.round((Date.now() - date) / 1000);
  const length = Math.abs(seconds);
  if (length < 2) return "now";
  const words = length < 60 ? `${length} s`
    : length < 3600 ? `${Math.floor(length / 60)} min`
      : length < day ? `${Math.floor(length / 3600)} h` : `${Math.floor(length / day)} d`;
  return seconds < 0 ? `in ${words}` : `${words} ago`;
}

export function showAges() {
  for (const time of document.querySelectorAll("time")) {
    const text = ago(new Date(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function toggleTheme() {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  document.cookie = `theme=${theme}; Path=/ui; Max-Age=31536000; SameSite=Strict`;
}

function openHelp() {
  document.querySelector("#help").showModal();
}

/** A click on a command or an id selects it, and copies it where the browser lets us. */
function copy(element) {
  getSelection().selectAllChildren(element);
  navigator.clipboard?.writeText(element.textContent).then(() => say("Copied"), () => {});
}

function say(text) {
  const live = document.querySelector("#live");
  const before = live.textContent;
  live.hidden = false;
  live.textContent = text;
  setTimeout(() => { live.textContent = before; live.hidden = !before; }, 1500);
}

document.addEventListener("click", (event) => {
  const code = event.target.closest(".copy");
  if (code) copy(code);
  if (event.target.closest("[data-theme-toggle]")) {
    event.preventDefault();
    toggleTheme();
  }
  if (event.target.closest("[data-help]")) openHelp();
});

document.addEventListener("change", () => {
  const note = document.querySelector("[data-selected]");
  if (!note) return;
  const many = document.querySelectorAll(".pick input:checked").length;
  note.textContent = many ? `${many} selected:` : "Selected jobs:";
});

/** A log that grows is read from its end. */
for (const log of document.querySelectorAll("[data-log] pre")) log.scrollTop = log.scrollHeight;
/** A chain begins where the page's own job is seen; what the keyboard reaches is brought into sight. */
function bringIntoChain(card) {
  const box = card.closest(".chain").getBoundingClientRect();
  const { left, top, width, height } = card.getBoundingClientRect();
  card.closest(".chain").scrollBy(left + width / 2 - box.left - box.width / 2, top + height / 2 - box.top - box.height / 2);
}
const here = document.querySelector(".chain a[aria-current]");
if (here) bringIntoChain(here);
document.addEventListener("focusin", (event) => {
  if (event.target.matches(".chain a")) bringIntoChain(event.target);
});
document.querySelector("[data-help]").hidden = false;
setInterval(showAges, 5000);
listenToKeys({ toggleTheme, openHelp, togglePause });
goLive(showAges);
guardForms();
searchOn().catch(() => {});
