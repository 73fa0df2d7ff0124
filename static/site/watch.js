/** One job: refresh every second until it is finished, tell the time left, say the quarters. */

import { keepFresh, morph } from "./live.js";

const EVERY = 1_000; // ms
const WINDOW = 15_000; // ms over which the speed is smoothed
const SHOWN_AFTER = 3_000; // ms of watching before a time left means anything
const CALM = 10_000; // ms in which the time left may go up at most once
const QUARTERS = [25, 50, 75];

const live = document.getElementById("ex-live");
const voice = document.getElementById("ex-voice");
const article = () => live.querySelector("article");

let seen = []; // {at, rows}, oldest first
let shown = null; // {at, seconds}: the last time left that was told
let rose = -Infinity;
let quarter = quarterOf(article());

function show(page) {
  const fresh = page.querySelector("article");
  const wasFinished = "finished" in article().dataset;
  if (fresh.dataset.go) {
    location.assign(fresh.dataset.go); // what comes next has a page of its own
    return null;
  }
  tellTimeLeft(fresh);
  morph(article(), fresh);
  document.title = `${fresh.dataset.tab} | ${live.dataset.site}`;
  speak(fresh, wasFinished);
  offerCopy();
  return "finished" in fresh.dataset ? null : EVERY;
}

/** Put the smoothed time left into the fresh HTML, in place of the server's simple one. */
function tellTimeLeft(fresh) {
  const place = fresh.querySelector("[data-left]");
  const rows = Number(fresh.dataset.rows);
  const total = Number(fresh.dataset.total);
  if (!place || !rows || rows >= total) return;
  const now = performance.now();
  if (seen.length && rows < seen[0].rows) seen = []; // a new attempt counts from the start
  seen.push({ at: now, rows });
  while (seen.length > 2 && now - seen[0].at > WINDOW) seen.shift();
  const spent = now - seen[0].at;
  const rate = (rows - seen[0].rows) / spent; // rows per ms
  if (spent < SHOWN_AFTER || rate <= 0) return;
  place.textContent = inWords(calmed((total - rows) / rate / 1000, now));
}

/** Down at any time, up at most once in ten seconds. */
function calmed(seconds, now) {
  if (!shown) rose = now; // it may differ from the server's guess: that was the one jump
  const expected = shown ? Math.max(0, shown.seconds - (now - shown.at) / 1000) : seconds;
  if (shown && seconds > shown.seconds) {
    if (now - rose < CALM) {
      shown = { at: now, seconds: expected };
      return expected;
    }
    rose = now;
  }
  shown = { at: now, seconds };
  return seconds;
}

/** As words.time_left says it. */
function inWords(seconds) {
  const { now, seconds: short, minutes, hours } = live.dataset;
  if (seconds < 1) return now;
  if (seconds < 10) return short.replace("{n}", Math.ceil(seconds));
  if (seconds < 55) return short.replace("{n}", 5 * Math.round(seconds / 5));
  if (seconds < 3600) return minutes.replace("{n}", Math.max(1, Math.round(seconds / 60)));
  return hours
    .replace("{h}", Math.floor(seconds / 3600))
    .replace("{n}", Math.floor((seconds % 3600) / 60));
}

function quarterOf({ dataset }) {
  const per = (100 * Number(dataset.rows)) / (Number(dataset.total) || 1);
  return QUARTERS.filter((mark) => per >= mark).at(-1) ?? 0;
}

/** Screen readers hear 25, 50, 75 % and the end, and nothing in between. */
function speak(fresh, wasFinished) {
  const { tab, spoken } = fresh.dataset;
  if ("finished" in fresh.dataset) {
    if (!wasFinished) voice.textContent = tab;
    return;
  }
  const reached = quarterOf(fresh);
  if (reached > quarter) voice.textContent = `${reached} %. ${spoken}`;
  quarter = reached;
}

function offerCopy() {
  const button = document.getElementById("ex-copy");
  if (!button || !navigator.clipboard) return;
  button.hidden = false;
  button.onclick = async () => {
    await navigator.clipboard.writeText(document.getElementById("ex-sha256").textContent);
    button.querySelector("span").textContent = live.dataset.copied;
    voice.textContent = live.dataset.copied;
  };
}

offerCopy();
if (!("finished" in article().dataset)) keepFresh({ url: live.dataset.url, first: EVERY, show });
