// The create page: count, sentence, size and preview follow each change.
// The modules know each other only through the form's "change" events.

const WAIT = 250; // ms of quiet before the server is asked
const form = document.querySelector("#export-form");
const part = (name, root = form) => root.querySelector(`[data-part="${name}"]`);

let timer = 0;
let running = null; // AbortController of the question that is under way
let submitting = false;

form.classList.add("has-js");
holdParts();
const atStart = wholeQuery();

// -- What the form says ----------------------------------------------------------------------

/** Without headings that nobody has changed: there is one for each column. */
function wholeQuery() {
  const all = [...new FormData(form)].filter(([name, value]) => value || !name.startsWith("_heading_"));
  return new URLSearchParams(all).toString();
}

/** The same, without what is usual anyway: an address to look at and to send on. */
function shortQuery() {
  const all = new URLSearchParams(new FormData(form));
  const short = new URLSearchParams();
  const columns = all.getAll("_columns").filter(Boolean);
  const sort = (all.get("_order") === "desc" ? "-" : "") + (all.get("_sort") ?? "");
  for (const [name, value] of all) {
    if (!name.startsWith("_") && value.trim()) short.append(name, value);
  }
  const format = all.get("_format");
  if (format && !form.querySelector("[name=_format][data-usual]:checked")) short.set("_format", format);
  for (const [name, value] of all) {
    if (!name.startsWith("_option_") || value !== all.getAll(name).at(-1)) continue;
    const usual = form.querySelector(`:enabled[name="${name}"][data-usual]`)?.dataset.usual;
    if (value !== usual) short.set(name, value);
  }
  if ([...short.keys()].some((name) => name.startsWith("_option_"))) short.set("_format", format);
  const usual = all.get("_contact") ? form.dataset.contactColumns : form.dataset.defaultColumns;
  if (columns.join() !== usual) {
    for (const name of columns.length ? columns : [""]) short.append("_columns", name);
  }
  for (const name of columns) {
    const heading = all.get(`_heading_${name}`) ?? "";
    if (heading.trim()) short.set(`_heading_${name}`, heading);
  }
  for (const [name, value] of all) {
    if (name.startsWith("_part_") && value) short.set(name, value);
  }
  if ([...short.keys()].some((name) => name.startsWith("_part_"))) short.set("_format", format);
  if (sort !== form.dataset.defaultSort) short.set("_sort", sort);
  for (const name of ["_limit", "_contact", "_email", "_background", "_alone"]) {
    if (all.get(name)) short.set(name, all.get(name));
  }
  return short.toString();
}

// -- Asking the server -----------------------------------------------------------------------

function changed() {
  running?.abort(); // its answer would undo this change
  showOptions();
  clearTimeout(timer);
  timer = setTimeout(refresh, WAIT);
}

async function refresh() {
  clearTimeout(timer);
  running?.abort();
  const mine = (running = new AbortController());
  const short = shortQuery();
  history.replaceState(null, "", form.getAttribute("action") + (short ? `?${short}` : ""));
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`${form.dataset.preview}?${wholeQuery()}`, { signal: mine.signal });
    if (answer.redirected) return sayInstead(form.dataset.loggedOut);
    if (!answer.ok) return sayInstead(form.dataset.lostConnection);
    show(await answer.text());
  } catch (error) {
    if (error.name !== "AbortError") sayInstead(form.dataset.lostConnection);
  } finally {
    if (running === mine) form.removeAttribute("aria-busy");
  }
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const scrolled = form.querySelector(".create-scroll")?.scrollLeft ?? 0;
  showParts(part("parts", fresh));
  showFaults(part("faults", fresh));
  for (const name of ["summary", "rows", "command"]) {
    part(name).replaceChildren(...part(name, fresh).childNodes);
  }
  const table = form.querySelector(".create-scroll");
  if (table) table.scrollLeft = scrolled;
  const count = form.querySelector(".create-count");
  form.querySelector("[data-announce]").textContent = count.textContent.trim();
}

/** What else is in the file, as the server names it; a list that is the same keeps its focus. */
function showParts(fresh) {
  const said = (list) =>
    [...list.querySelectorAll("[data-part-item] [type=hidden], [data-part-item] small")]
      .map((item) => (item.name ? `${item.name}=${item.value}` : item.textContent))
      .join("\n");
  if (said(fresh) === said(part("parts"))) return;
  const focused = part("parts").contains(document.activeElement) && document.activeElement.id;
  part("parts").replaceChildren(...fresh.childNodes);
  holdParts();
  if (focused !== false) (document.getElementById(focused) ?? form.querySelector("[data-add]")).focus();
}

/** With a script, only the button adds what is chosen. */
function holdParts() {
  const add = form.querySelector("[data-add]");
  add.dataset.name = add.name;
  add.removeAttribute("name");
  showOptions();
}

function addPart() {
  const add = form.querySelector("[data-add]");
  if (!add.value) return add.focus();
  add.name = add.dataset.name;
  refresh();
}

/** Each fault to its field. The list above the form is for a page that was sent, so it goes. */
function showFaults(faults) {
  part("faults").replaceChildren();
  for (const list of form.querySelectorAll("[data-errors]")) list.replaceChildren();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  const homeless = [];
  for (const fault of faults.querySelectorAll("[data-fault]")) {
    if (!markField(fault.dataset.fault, fault.dataset.text)) homeless.push(fault);
  }
  if (!homeless.length) return;
  for (const fault of faults.querySelectorAll("[data-fault]")) {
    if (!homeless.includes(fault)) fault.remove();
  }
  part("faults").replaceChildren(...faults.childNodes);
}

function markField(name, text) {
  const list = form.querySelector(`[data-errors="${CSS.escape(name)}"]`);
  if (!list) return false;
  const item = document.createElement("li");
  item.textContent = text;
  list.append(item);
  for (const field of form.querySelectorAll(`[aria-describedby~="errors-${CSS.escape(name)}"]`)) {
    field.setAttribute("aria-invalid", "true");
    if (field.closest("details")) field.closest("details").open = true;
  }
  return true;
}

function sayInstead(text) {
  const line = document.createElement("p");
  line.className = "create-note create-note-error";
  line.textContent = text;
  part("summary").replaceChildren(line);
}

// -- Format, sending, leaving ----------------------------------------------------------------

function showOptions() {
  const chosen = form.querySelector("[name=_format]:checked")?.value;
  for (const options of form.querySelectorAll("[data-format]")) {
    options.hidden = options.disabled = options.dataset.format !== chosen;
  }
  const parts = part("parts");
  parts.hidden = parts.disabled = !parts.dataset.holders.split(" ").includes(chosen);
  for (const held of parts.querySelectorAll("[data-hold]")) {
    held.hidden = held.dataset.hold !== chosen;
    for (const field of held.querySelectorAll("select")) field.disabled = held.hidden;
  }
}

part("parts").addEventListener("click", (event) => {
  const button = event.target.closest("[data-drop], [data-add-button]");
  if (!button) return;
  event.preventDefault();
  if ("addButton" in button.dataset) return addPart();
  button.closest("[data-part-item]").remove();
  form.querySelector("[data-add]").focus();
  refresh();
});

form.addEventListener("input", changed);
form.addEventListener("change", changed);

form.addEventListener("submit", (event) => {
  if (!event.submitter?.hasAttribute("data-create")) {
    event.preventDefault(); // Enter in a field shows the preview, it does not send
    refresh();
  } else if (submitting) {
    event.preventDefault(); // a second click is no second export
  } else {
    submitting = true;
    event.submitter.setAttribute("aria-disabled", "true");
  }
});

window.addEventListener("beforeunload", (event) => {
  const isChanged = "changed" in form.dataset || wholeQuery() !== atStart;
  if (isChanged && !submitting) event.preventDefault();
});

window.addEventListener("pageshow", (event) => {
  submitting = false;
  form.querySelector("[data-create]").removeAttribute("aria-disabled");
  if (event.persisted || wholeQuery() !== atStart) changed(); // what the browser filled in again
});

// -- The command -----------------------------------------------------------------------------

const copy = form.querySelector("[data-copy]");
copy.hidden = !navigator.clipboard;
copy.addEventListener("click", async () => {
  const command = form.querySelector("[data-command]");
  if (!command) return;
  await navigator.clipboard.writeText(command.textContent);
  const label = copy.textContent;
  copy.textContent = copy.dataset.copied;
  setTimeout(() => (copy.textContent = label), 1500);
});
