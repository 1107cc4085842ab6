// What people did on a page, and what of it stays when a part of the page is replaced: forms at work, and open folds.

/** Whether a field holds something else than the page came with. */
function isChanged(field) {
  if (field.matches("select")) {
    const first = [...field.options].findLastIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(first, 0);
  }
  if (field.matches("textarea")) return field.value !== field.defaultValue;
  if (!field.matches("input")) return false;
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  // Browsers write times in their own way.
  const untouched = document.createElement("input");
  untouched.type = field.type;
  untouched.value = field.defaultValue;
  return field.value !== untouched.value;
}

/** A form that somebody fills in, that is being sent, or that says why it was not. */
function isAtWork(form) {
  return form.matches("[aria-busy=true]") || form.querySelector(".unsent") || [...form.elements].some(isChanged)
    || (form.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"));
}

export function isSame(form, other) {
  const key = (one) => one.querySelector("input[type=hidden][name=key]")?.value;
  return form.getAttribute("action") === other.getAttribute("action") && key(form) === key(other);
}

function likeOf(form, next) {
  return [...next.querySelectorAll("form")].find((one) => isSame(form, one));
}

/** Whether a part has a form no more. */
export function isForgotten(form, next) {
  return !likeOf(form, next);
}

/** What somebody typed into a form that nobody waits for any more; it can still be read. */
function remains(form) {
  const section = document.createElement("section");
  section.className = "notice over";
  section.setAttribute("role", "status");
  const said = document.createElement("p");
  said.textContent = "The question waits for no answer any more. What you typed was not sent:";
  const typed = document.createElement("pre");
  typed.tabIndex = 0;
  typed.textContent = [...form.elements].filter(isChanged).map((field) => field.value).join("\n");
  section.append(said, typed);
  return section;
}

/** Keeps forms that somebody is at work with, or else what was typed into them; returns what puts them in their place. */
export function keepForms(part, next) {
  const kept = [];
  next.append(...[...part.querySelectorAll(".over")].map((over) => over.cloneNode(true)));
  for (const form of [...part.querySelectorAll("form")].filter(isAtWork)) {
    const other = likeOf(form, next);
    if (other) {
      const copy = form.cloneNode(true);
      other.replaceWith(copy);
      kept.push([form, copy]);
    } else if ([...form.elements].some(isChanged)) {
      next.append(remains(form));
    }
  }
  return () => kept.forEach(([form, copy]) => copy.replaceWith(form));
}

/** Folds stay as somebody left them. */
export function keepFolds(part, next) {
  const folds = [...next.querySelectorAll("details")];
  [...part.querySelectorAll("details")].forEach((fold, place) => {
    const like = fold.id ? folds.find((one) => one.id === fold.id) : folds[place];
    if (like) like.open = fold.open;
  });
}
