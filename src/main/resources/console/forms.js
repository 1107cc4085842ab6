// A form that is sent while the server is gone would be lost to an error page of the browser. So the server is asked first;
// without an answer nothing is sent, and the form stays as it is. A form that was sent leads to its answer as without scripts.
import { answers } from "./live.js";

const asking = new WeakSet();
const sure = new WeakSet();

function note(form) {
  let note = form.querySelector(":scope > .unsent");
  if (!note) {
    note = document.createElement("p");
    note.className = "wrong unsent";
    note.setAttribute("role", "alert");
    form.append(note);
  }
  return note;
}

async function ask(form, button) {
  asking.add(form);
  const isThere = await answers();
  asking.delete(form);
  if (isThere) {
    form.querySelector(":scope > .unsent")?.remove();
    sure.add(form);
    // An input may have the name of a method of its form.
    HTMLFormElement.prototype.requestSubmit.call(form, button);
    sure.delete(form);
  } else {
    note(form).textContent = "Nothing was sent: the server does not answer. Try again when it does.";
  }
}

export function guardForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || sure.has(form) || !form.matches("[method=post]")) return;
    event.preventDefault();
    if (!asking.has(form)) ask(form, event.submitter);
  });
}
