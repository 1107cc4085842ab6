// Keeps a page up to date: one stream of events says that something changed, and the page is read again. Only parts that
// differ are replaced, so focus, selection and scrolling stay. What keeps the node from its work stands at the top of every
// page; pages that no stream tells of it ask for that part alone.

import { isForgotten, isSame, keepFolds, keepForms } from "./kept.js";

/** Between two reads of a page: a busy server must not be asked for each of its events. */
const isOfOneJob = document.querySelector("[data-job]") !== null;
const rest = isOfOneJob ? 500 : Number(document.querySelector("[data-rest]")?.dataset.rest ?? 2000);
/** Pages whose subject has no events of its own are read again so often. */
const every = Number(document.querySelector("[data-every]")?.dataset.every ?? 0);
/** Filters of a list that the stream of all changes has as well; a job that changes may enter or leave the others. */
const shared = ["tool", "batch_id", "schedule_id"];
/** Where the stream may not be followed, and before the next try after it was refused. */
const poll = 10000;
/** Between two looks at the top of a page that is not told of it. */
const glance = 5000;
/** A server that takes longer does not answer. */
const patience = 15000;

const banner = document.querySelector("#troubles");
/** Whether the page has more to keep up to date than its top. */
const shows = document.querySelector("main [data-live]") !== null;

/** How old an answer may be, in milliseconds. With many pages open the server lets them share one, and says so. */
let oldest = 0;

let source = null;
let paused = false;
let signedOut = false;
let reading = false;
let readingSince = 0;
let due = false;
let last = 0;
let timer = null;
let afterwards = () => {};
let lost = false;
/** The time of what the page shows, and whether it is older than it should be. */
let shownAt = new Date();
let stale = false;

function say(text, kind) {
  const live = document.querySelector("#live");
  live.hidden = false;
  live.className = `live ${kind}`;
  if (live.textContent !== text) live.textContent = text;
}

/** Says at the top how old the page is, and why, and what happens next. */
function sayStale(why, next = "trying again") {
  stale = true;
  const notice = document.querySelector("#stale");
  const text = `This page shows the state of ${shownAt.toISOString().slice(11, 19)} UTC: ${why}; ${next}.`;
  const words = notice.querySelector("span");
  if (words.textContent !== text) words.textContent = text;
  notice.hidden = false;
  say("not up to date", "off");
}

function endStale() {
  if (!stale) return;
  stale = false;
  document.querySelector("#stale").hidden = true;
  const live = document.querySelector("#live");
  if (source?.readyState === EventSource.OPEN) say("live", "on");
  else live.hidden = true;
}

/** What finds the like of an element after a change: by its id, its address, or its place in what has an id. */
function finder(element) {
  const href = element?.getAttribute("href");
  const home = element?.closest("[id]");
  if (home === element) return () => element && document.getElementById(element.id);
  if (href) return () => document.querySelector(`a[href="${CSS.escape(href)}"]`);
  if (!home) return () => null;
  const name = element.localName;
  const place = [...home.querySelectorAll(name)].indexOf(element);
  return () => {
    const other = document.getElementById(home.id)?.querySelectorAll(name)[place];
    // The button of another form is not its like.
    return element.form && !(other?.form && isSame(element.form, other.form)) ? null : other;
  };
}

/** Focus stays where it is, if the element is still there. */
function keepFocus(change) {
  const focused = document.activeElement;
  const find = finder(focused);
  change();
  if (focused?.isConnected && document.activeElement !== focused) {
    focused.focus({ preventScroll: true });
  } else if (focused && !focused.isConnected) {
    find()?.focus({ preventScroll: true });
  }
}

function scrollers(part) {
  return [part, ...part.querySelectorAll(".scroll, pre")];
}

/** Scrolls another element to where this one is; a log that is at its end stays there. */
function placeOf({ scrollLeft, scrollTop, clientHeight, scrollHeight }) {
  const atEnd = scrollTop + clientHeight >= scrollHeight - 4;
  return (other, isLog) => other.scrollTo(scrollLeft, isLog && atEnd ? other.scrollHeight : scrollTop);
}

function replaceParts(fresh) {
  for (const part of document.querySelectorAll("main [data-live]")) {
    const next = fresh.getElementById(part.id);
    // Its answer is about to come, and says what became of it.
    if (!next || [...part.querySelectorAll("form[aria-busy=true]")].some((form) => isForgotten(form, next))) continue;
    keepFolds(part, next);
    const putBack = keepForms(part, next);
    if (next.innerHTML !== part.innerHTML) {
      const places = scrollers(part).map(placeOf);
      const adopted = document.adoptNode(next);
      part.replaceWith(adopted);
      putBack();
      scrollers(adopted).forEach((scroller, i) => places[i]?.(scroller, part.matches("[data-log]")));
    }
  }
  for (const next of fresh.querySelectorAll("main [data-live]")) {
    if (!document.getElementById(next.id)) location.reload();
  }
}

function markOf(row) {
  return { at: row.classList.contains("at"), picked: row.querySelector("input:checked") !== null };
}

function replaceRow(row, next) {
  const { at, picked } = markOf(row);
  const adopted = document.adoptNode(next);
  adopted.classList.toggle("at", at);
  const box = adopted.querySelector("input[type=checkbox]");
  if (box && picked) box.checked = true;
  row.replaceWith(adopted);
}

/** Rows change in place. New ones come in at the top when nobody is at work in the list; else a button brings them. */
function replaceRows(fresh) {
  const body = document.querySelector("tbody[data-rows=first]");
  const next = fresh.querySelector("tbody[data-rows=first]");
  if (!body || !next) return;
  const rows = [...next.rows];
  const news = rows.filter((row) => !document.getElementById(row.id));
  const isAtWork = body.contains(document.activeElement) || body.querySelector("input:checked, .at")
    || document.documentElement.scrollTop > 80;
  for (const row of rows) {
    const old = document.getElementById(row.id);
    if (old && old.innerHTML !== row.innerHTML) replaceRow(old, row.cloneNode(true));
  }
  if (news.length && !isAtWork) {
    body.prepend(...news.map((row) => document.adoptNode(row)));
    while (body.rows.length > rows.length) body.rows[body.rows.length - 1].remove();
  }
  const note = document.querySelector("#news");
  note.hidden = !(news.length && isAtWork);
  note.firstElementChild.textContent = news.length === 1 ? "1 new job" : `${news.length} new jobs`;
}

/** Only what is inside changes, so that it is read out to those who do not see it. */
function replaceTop(fresh) {
  const next = fresh.getElementById("troubles");
  if (!next) return;
  if (next.innerHTML !== banner.innerHTML) banner.replaceChildren(...next.childNodes);
  const isBack = next.dataset.over && document.querySelector("[data-again]");
  if (isBack) location.reload();
}

/** The page at an address, or null if there is none now; what is wrong then stands at the top. */
async function get(address, age) {
  try {
    const answer = await fetch(address, {
      cache: "no-store",
      headers: { Accept: "text/html", "Longhaul-Live": String(age) },
      signal: AbortSignal.timeout(patience),
    });
    if (answer.redirected) {
      stop();
      return null;
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    replaceTop(fresh);
    if (answer.ok) return fresh;
    // A page that is about this says it already.
    if (document.querySelector("[data-again]")) return null;
    const why = answer.status >= 500 && fresh.querySelector("h1")?.textContent.trim();
    sayStale(why ? why.charAt(0).toLowerCase() + why.slice(1) : `the server answers with an error (${answer.status})`);
  } catch {
    sayStale("the server does not answer");
  }
  return null;
}

async function read() {
  if (signedOut) return;
  if (reading || paused) {
    due = true;
    return;
  }
  reading = true;
  readingSince = Date.now();
  due = false;
  const fresh = await get(location.href, oldest);
  if (fresh) {
    keepFocus(() => {
      replaceParts(fresh);
      replaceRows(fresh);
    });
    afterwards();
    shownAt = new Date();
    endStale();
    if (source?.readyState === EventSource.OPEN) say("live", "on");
  } else if (!signedOut) {
    setTimeout(soon, 5 * rest);
  }
  last = Date.now();
  reading = false;
  if (due) soon();
}

/** True if the page is read as soon as its top changes. */
function isTold() {
  if (reading && Date.now() - readingSince > glance) return false;
  return every > 0 && !isOver() && !paused || source?.readyState === EventSource.OPEN && source.url.includes("/ui/changes");
}

/** Reads the top of the page alone. */
async function look() {
  if (signedOut || document.hidden || !banner.dataset.from || isTold()) return;
  const fresh = await get(banner.dataset.from, 1000);
  if (!fresh || !stale) return;
  if (shows && !isOver() && !paused) soon();
  else endStale();
}

/** Pages lead strangers to the sign-in. Nothing more can be read until somebody signs in, and what stood at the top is not known to hold. */
function stop() {
  signedOut = true;
  close();
  banner.replaceChildren();
  sayStale("you are signed out", "sign in in another tab and come back, or reload the page");
  say("signed out; reload the page", "off");
}

/** Somebody who comes back to the page may have signed in meanwhile. */
function tryAgain() {
  if (!signedOut || document.hidden) return;
  signedOut = false;
  if (shows && !isOver() && !paused) {
    openAgain();
    soon();
  } else {
    look();
  }
}

function soon(wait = 50) {
  due = true;
  if (signedOut || timer || reading || document.hidden) return;
  timer = setTimeout(() => { timer = null; read(); }, Math.max(wait, last + rest - Date.now()));
}

/** Something changed. An answer that is old enough for sharing must be younger than the change, so it is waited for. */
function changed(event) {
  oldest = Number(event.data);
  clearTimeout(timer);
  timer = null;
  soon(oldest ? oldest * (1 + Math.random()) : 50);
}

function isOver() {
  return document.querySelector("[data-final]") !== null;
}

/** The stream of what this page shows. */
function address() {
  const all = document.body.dataset.events;
  const job = document.querySelector("[data-job]")?.dataset.job;
  if (every) return null;
  if (job || !all) return job ? `/v1/jobs/${job}/events` : null;
  const asked = new URLSearchParams(location.search);
  const filter = new URLSearchParams(shared.filter((name) => asked.get(name)).map((name) => [name, asked.get(name)]));
  return `${filter}` ? `${all}?${filter}` : all;
}

function open() {
  const stream = address();
  if (!stream) return;
  source = new EventSource(stream);
  source.onopen = () => {
    say("live", "on");
    if (lost) soon();
    lost = false;
  };
  source.onerror = () => {
    if (isOver()) {
      close();
      return;
    }
    lost = true;
    say("reconnecting", "off");
    soon();
    // A browser gives up for good when a proxy or the server refuses it, as it does while a node starts.
    if (source.readyState === EventSource.CLOSED) {
      close();
      setTimeout(openAgain, poll);
    }
  };
  for (const name of ["state", "reset", "progress", "log", "end"]) {
    source.addEventListener(name, () => soon());
  }
  source.addEventListener("changed", changed);
}

function openAgain() {
  if (source || paused || signedOut || document.hidden) return;
  open();
  soon();
}

function close() {
  source?.close();
  source = null;
}

export function togglePause() {
  if (!shows) return;
  paused = !paused;
  if (paused) {
    close();
    say("paused", "");
  } else if (signedOut) {
    stop();
  } else {
    openAgain();
    soon();
  }
}

/** Ends all reading of this page, because it shows something else now. */
export function stopReading() {
  paused = true;
  close();
  clearTimeout(timer);
  document.querySelector("#live").hidden = true;
}

/** Asks whether the server answers at all. */
export async function answers() {
  try {
    await fetch(banner.dataset.from || location.href, { cache: "no-store", signal: AbortSignal.timeout(glance) });
    return true;
  } catch {
    return false;
  }
}

/** Hidden pages hold no connection; when they are seen again they are read again. */
export function goLive(afterEachRead) {
  afterwards = afterEachRead;
  const follows = shows && !isOver();
  if (follows) {
    open();
    if (!source) setInterval(() => { if (!document.hidden && !paused && !isOver()) soon(); }, every || poll);
  }
  setInterval(look, glance);
  addEventListener("focus", tryAgain);
  document.addEventListener("visibilitychange", () => {
    tryAgain();
    if (document.hidden) close();
    else if (follows) openAgain();
    if (!document.hidden) look();
  });
}
