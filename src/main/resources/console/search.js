// A list that is searched job by job comes in parts. This goes on by itself until the page is full or the list ends.

const full = 50;

function replace(name, fresh) {
  const next = fresh.getElementById(name);
  if (next) document.getElementById(name).replaceWith(document.adoptNode(next));
}

export async function searchOn() {
  const body = document.querySelector("#rows");
  let link = document.querySelector("[data-search-on]");
  while (body && link && body.rows.length < full && !document.hidden) {
    link.setAttribute("aria-disabled", "true");
    link.textContent = "Searching…";
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    body.append(...[...fresh.querySelectorAll("#rows > tr")].map((row) => document.adoptNode(row)));
    const found = body.rows.length > 0;
    replace("empty", fresh);
    replace("pages", fresh);
    const empty = document.querySelector("#empty .empty");
    if (found && empty) empty.remove();
    link = document.querySelector("[data-search-on]");
  }
}
