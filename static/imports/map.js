/** The mapping page: each change asks the server what is missing; another layout is read at once. */

import { morph } from "../site/live.js";

const WAIT = 150; // ms of quiet before the server is asked
const form = document.getElementById("im-map");
const body = document.getElementById("im-body");
const layout = document.getElementById("im-layout");
const voice = document.getElementById("ex-voice");

let timer = 0;
let asking = null; // AbortController of the question that is under way

// An answer to what was asked before would undo what a person does now.
form.addEventListener("input", () => asking?.abort());
form.addEventListener("change", () => {
  asking?.abort();
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT);
});

layout.querySelector("[data-again]").hidden = true;
layout.addEventListener("change", () => {
  if (layout.reportValidity()) layout.requestSubmit();
});

async function ask() {
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "POST",
      body: new FormData(form),
      signal: asking.signal,
    });
    if (!answer.ok) return; // the form itself says it best, when it is sent
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = document.createElement("div");
    fresh.id = body.id;
    fresh.append(...page.body.childNodes);
    morph(body, fresh);
    hold();
    voice.textContent = document.getElementById("im-reasons").textContent.trim();
  } catch (error) {
    if (error.name !== "AbortError") hold();
  }
}

/** The button waits until nothing speaks against the check; the reason stands beside it. */
function hold() {
  const button = document.getElementById("im-check");
  button.disabled = "blocked" in button.dataset;
}

hold();
