/**
 * A file on its way: dropped anywhere on the page, sent with a bar. Without this the form works too.
 * The form may come later, with a fragment of the page; so everything is heard at the document.
 */

const form = () => document.getElementById("im-form");
const veil = document.getElementById("im-veil");
const inside = (name) => form().querySelector(`[data-${name}]`);

let sending = null; // the request that is under way
let depth = 0; // elements that the dragged file is over

// -- Choosing --------------------------------------------------------------------------------

document.addEventListener("change", ({ target }) => {
  if (target.type === "file" && target.form === form()) showChosen();
  if (target.id === "id_importer" && form()) showImporter(target.value);
});

function showChosen() {
  const [file] = form().elements.file.files;
  const place = inside("chosen");
  place.hidden = !file;
  place.textContent = file ? `${file.name} · ${inBytes(file.size)}` : "";
  tell([]);
  if (file && form().dataset.most && file.size > Number(form().dataset.most)) {
    tell([form().dataset.tooLarge]);
  }
}

/** Only the switches of the chosen importer are shown and sent. */
function showImporter(name) {
  for (const part of form().querySelectorAll("[data-importer]")) {
    const isChosen = part.dataset.importer === name;
    part.hidden = !isChosen;
    part.disabled = !isChosen;
  }
}

function hasFile(event) {
  return form() && !sending && [...(event.dataTransfer?.types ?? [])].includes("Files");
}

document.addEventListener("dragenter", (event) => {
  if (!hasFile(event)) return;
  depth += 1;
  mark(true);
});

document.addEventListener("dragleave", (event) => {
  if (!hasFile(event)) return;
  depth -= 1;
  if (depth <= 0) mark(false);
});

document.addEventListener("dragover", (event) => {
  if (hasFile(event)) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  if (!hasFile(event)) return;
  event.preventDefault();
  mark(false);
  if (!event.dataTransfer.files.length) return;
  form().elements.file.files = event.dataTransfer.files;
  showChosen();
  form().requestSubmit();
});

function mark(isOver) {
  if (!isOver) depth = 0;
  if (veil) veil.hidden = !isOver;
  inside("drop").classList.toggle("im-over", isOver);
}

// -- Sending ---------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  const [file] = form().elements.file.files;
  if (!file || sending) return;
  if (form().dataset.most && file.size > Number(form().dataset.most)) {
    tell([form().dataset.tooLarge]);
    return;
  }
  send(new FormData(form()), form().action || location.href);
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-stop]")) sending?.abort();
});

function send(data, url) {
  tell([]);
  sending = new XMLHttpRequest();
  sending.open("POST", url);
  sending.setRequestHeader("Accept", "application/json");
  sending.responseType = "json";
  sending.upload.onprogress = ({ loaded, total }) => showProgress(loaded, total);
  sending.onload = () => answered(sending.status, sending.response);
  sending.onerror = () => stopped([form().dataset.lost]);
  sending.onabort = () => stopped([]);
  busy(true);
  sending.send(data);
}

function showProgress(loaded, total) {
  const part = total ? loaded / total : 0;
  inside("travel").querySelector("progress").value = 100 * part;
  inside("percent").textContent = `${Math.floor(100 * part)} %`;
  const text = inside("travel-text");
  text.textContent =
    loaded < total
      ? text.dataset.sending.replace("{done}", inBytes(loaded)).replace("{total}", inBytes(total))
      : text.dataset.reading;
}

function answered(status, answer) {
  if (answer?.url) {
    location.assign(answer.url);
    return;
  }
  stopped(answer?.errors ?? [`${form().dataset.lost} (${status})`]);
}

function stopped(errors) {
  sending = null;
  busy(false);
  tell(errors);
}

function busy(isBusy) {
  inside("travel").hidden = !isBusy;
  inside("drop").hidden = isBusy;
  for (const button of form().querySelectorAll("button:not([data-stop])")) button.disabled = isBusy;
}

function tell(texts) {
  const place = document.getElementById("im-faults");
  place.replaceChildren();
  if (!texts.length) return;
  const box = document.createElement("div");
  box.className = "ex-hint ex-bad";
  for (const text of texts) {
    const line = document.createElement("p");
    line.textContent = text;
    box.append(line);
  }
  place.append(box);
}

function inBytes(count) {
  const units = ["B", "KB", "MB", "GB"];
  let unit = 0;
  let shown = count;
  while (shown >= 1024 && unit < units.length - 1) {
    shown /= 1024;
    unit += 1;
  }
  return `${shown.toLocaleString(undefined, { maximumFractionDigits: unit ? 1 : 0 })} ${units[unit]}`;
}

window.addEventListener("beforeunload", (event) => {
  if (sending && sending.readyState < XMLHttpRequest.DONE) event.preventDefault();
});

const chosen = document.getElementById("id_importer");
if (chosen && form()) showImporter(chosen.value); // a browser may have kept what was chosen
