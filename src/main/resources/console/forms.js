// A form that is sent while the server is away would be lost to an error page of the browser. So forms of a page's content are
// sent without leaving the page: only an answer takes its place. Without one the form stays as it is, with a message.
import { answers, stopReading } from "./live.js";

/** A server that takes longer does not answer. */
const patience = 30000;
const signIn = "/ui/sign-in";

const sending = new WeakSet();
const sure = new WeakSet();
let replaced = false;

function say(form, text) {
  let note = form.querySelector(":scope > .unsent");
  if (!note) {
    note = document.createElement("p");
    note.className = "wrong unsent";
    note.setAttribute("role", "alert");
    form.append(note);
  }
  note.textContent = text;
}

/** The fields as the browser would send them; an input may have the name of a member of its form. */
function fields(form, button) {
  const data = new URLSearchParams(new FormData(form));
  if (button?.name) data.append(button.name, button.value);
  return data;
}

function target(form, button) {
  return button?.getAttribute("formaction") ?? form.getAttribute("action");
}

/** The answer takes the place of the content, as without scripts; nothing reads it again. */
function show(fresh) {
  stopReading();
  history.pushState(null, "", location.href);
  replaced = true;
  document.title = fresh.title;
  const main = document.adoptNode(fresh.querySelector("main"));
  document.querySelector("main").replaceWith(main);
  scrollTo(0, 0);
  (main.querySelector("#refused, [autofocus]") ?? main).focus();
}

/** What an error page says in a sentence or two. */
function sentence(fresh, status) {
  const texts = [...fresh.querySelectorAll("main h1, main h1 + p")].map((part) => part.textContent.trim());
  return texts.length ? texts.join(". ").replace(/\.\. /g, ". ") : `The server answers with an error (${status}).`;
}

async function take(form, answer) {
  if (answer.redirected && new URL(answer.url).pathname === signIn) {
    say(form, "Nothing was done: you are signed out. Sign in in another tab, and send it again here.");
    return;
  }
  if (answer.redirected) {
    location.assign(answer.url);
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const isPage = fresh.querySelector("main") !== null;
  // Refused input comes back as the form, with what is wrong at its fields.
  if (isPage && (answer.ok || fresh.querySelector("main form[method=post], #refused"))) show(fresh);
  else say(form, `It was not done. ${sentence(fresh, answer.status)}`);
}

function lost(form) {
  const again = form.querySelector("input[name=once]") ? "Send it again when it is back: that does it once." : "Look whether it was done when it is back.";
  say(form, `The server went away before it answered. ${again}`);
}

async function send(form, button) {
  sending.add(form);
  form.setAttribute("aria-busy", "true");
  const data = fields(form, button);
  if (await answers()) {
    form.querySelector(":scope > .unsent")?.remove();
    try {
      await take(form, await fetch(target(form, button), {
        method: "POST",
        body: data,
        headers: { Accept: "text/html" },
        signal: AbortSignal.timeout(patience),
      }));
    } catch {
      lost(form);
    }
  } else {
    say(form, "Nothing was sent: the server does not answer. Try again when it does.");
  }
  form.removeAttribute("aria-busy");
  sending.delete(form);
}

/** Who signs in or out may be led to another site, which only the browser itself can follow. */
async function leave(form, button) {
  sending.add(form);
  const isThere = await answers();
  sending.delete(form);
  if (!isThere) {
    say(form, "Nothing was sent: the server does not answer. Try again when it does.");
    return;
  }
  sure.add(form);
  HTMLFormElement.prototype.requestSubmit.call(form, button);
  sure.delete(form);
}

export function guardForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || sure.has(form) || !form.matches("[method=post]")) return;
    event.preventDefault();
    if (sending.has(form)) return;
    const stays = form.closest("main") && form.getAttribute("action") !== signIn;
    (stays ? send : leave)(form, event.submitter);
  });
  addEventListener("popstate", () => { if (replaced) location.reload(); });
}
