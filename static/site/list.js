/** The rows of the list refresh in place; ticked boxes and the focus stay. */

import { keepFresh, morph } from "./live.js";

const MOVING = 2_000; // ms
const STILL = 10_000;

const live = document.getElementById("ex-live");
const rows = document.getElementById("ex-rows");

function pause() {
  return rows.querySelector("[data-moving]") ? MOVING : STILL;
}

function show(page) {
  const fresh = page.querySelector("#ex-rows");
  const known = new Map([...rows.children].map((row) => [row.id, row]));
  let place = rows.firstElementChild;
  for (const row of fresh.children) {
    const old = known.get(row.id);
    known.delete(row.id);
    if (!old) {
      rows.insertBefore(row.cloneNode(true), place);
      continue;
    }
    if (old === place) place = place.nextElementSibling;
    else rows.insertBefore(old, place);
    refresh(old, row);
  }
  known.forEach((row) => row.remove());
  return pause();
}

/** The row's own class is Django's, which marks ticked rows with it. */
function refresh(old, fresh) {
  old.toggleAttribute("data-moving", fresh.hasAttribute("data-moving"));
  [...fresh.cells].forEach((cell, index) => {
    if (!cell.classList.contains("action-checkbox")) morph(old.cells[index], cell);
  });
}

if (rows) keepFresh({ url: live.dataset.url, first: pause(), show });
