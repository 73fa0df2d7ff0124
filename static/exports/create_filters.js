// Filters of the create page: quick ranges of dates, folded lists, autocompletes, clearing.

const form = document.querySelector("#export-form");
const changed = (element) => element.dispatchEvent(new Event("change", { bubbles: true }));

// -- Quick ranges ----------------------------------------------------------------------------
// Days are counted in UTC from the server's date, so that no clock of this machine comes in.

const iso = (date) => date.toISOString().slice(0, 10);
const today = new Date(`${form.dataset.today}T00:00:00Z`);
const [year, month] = [today.getUTCFullYear(), today.getUTCMonth()];
const day = (y, m, d) => iso(new Date(Date.UTC(y, m, d)));

const RANGES = {
  any: ["", ""],
  today: [iso(today), iso(today)],
  week: [day(year, month, today.getUTCDate() - 6), iso(today)],
  month: [day(year, month, 1), day(year, month + 1, 0)],
  "last-month": [day(year, month - 1, 1), day(year, month, 0)],
};

function rangeOf(from, to) {
  const found = Object.entries(RANGES).find(([, range]) => range[0] === from && range[1] === to);
  return found ? found[0] : "custom";
}

for (const dates of form.querySelectorAll("[data-dates]")) {
  const [from, to] = dates.querySelectorAll("input");
  const pair = dates.querySelector("[data-dates-pair]");
  const show = (name) => {
    for (const button of dates.querySelectorAll("[data-range]")) {
      button.setAttribute("aria-pressed", String(button.dataset.range === name));
    }
    pair.hidden = name !== "custom";
  };
  dates.querySelector(".create-quick").hidden = false;
  show(dates.querySelector("[aria-invalid]") ? "custom" : rangeOf(from.value, to.value));
  dates.addEventListener("click", (event) => {
    const name = event.target.closest("[data-range]")?.dataset.range;
    if (!name) return;
    show(name);
    if (name === "custom") return from.focus();
    [from.value, to.value] = RANGES[name];
    changed(from);
  });
  dates.addEventListener("reset-range", () => show("any"));
}

// A half-typed date reads as empty, which would be no filter: say so instead.
form.addEventListener("input", (event) => {
  const field = event.target;
  if (!["date", "datetime-local", "time"].includes(field.type)) return;
  field.title = field.validity.badInput ? form.dataset.incomplete : "";
  field.classList.toggle("is-incomplete", field.validity.badInput);
});

// -- Folded lists ----------------------------------------------------------------------------

for (const picker of form.querySelectorAll("[data-picker]")) {
  const search = picker.querySelector("[data-picker-search]");
  const items = [...picker.querySelectorAll("li")];
  picker.addEventListener("change", () => {
    const names = items
      .filter((item) => item.querySelector("input").checked)
      .map((item) => item.textContent.trim());
    picker.querySelector("[data-picker-chosen]").textContent = names.join(", ") || picker.dataset.any;
  });
  picker.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !picker.open) return;
    picker.open = false;
    picker.querySelector("summary").focus();
  });
  if (!search) continue;
  search.hidden = false;
  search.addEventListener("input", (event) => {
    event.stopPropagation(); // looking for a name is no change of the filter
    const wanted = search.value.trim().toLowerCase();
    for (const item of items) item.hidden = !item.textContent.toLowerCase().includes(wanted);
  });
  search.addEventListener("change", (event) => event.stopPropagation());
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

document.addEventListener("click", (event) => {
  for (const picker of form.querySelectorAll("[data-picker][open]")) {
    if (!picker.contains(event.target)) picker.open = false;
  }
});

// -- Autocompletes ---------------------------------------------------------------------------
// select2 tells jQuery of a change, not the page.

if (globalThis.django?.jQuery) {
  django.jQuery(form).find(".admin-autocomplete").on("change", (event) => {
    if (!event.originalEvent) changed(form);
  });
}

// -- Marks and clearing ----------------------------------------------------------------------

function isSet(control) {
  return [...control.querySelectorAll("[name]")].some((field) =>
    field.matches("[type=checkbox], [type=radio]") ? field.checked && field.value : field.value,
  );
}

const clear = form.querySelector("[data-clear]");

function mark() {
  const controls = [...form.querySelectorAll(".create-filters > *")];
  for (const control of controls) control.classList.toggle("is-set", isSet(control));
  clear.hidden = !controls.some((control) => control.classList.contains("is-set"));
}

clear.addEventListener("click", () => {
  for (const field of form.querySelectorAll(".create-filters [name]")) {
    if (field.type === "checkbox") field.checked = false;
    else if (field.type === "radio") field.checked = "empty" in field.dataset;
    else if (field.multiple) django.jQuery(field).val(null).trigger("change");
    else field.value = "";
  }
  for (const dates of form.querySelectorAll("[data-dates]")) dates.dispatchEvent(new Event("reset-range"));
  for (const picker of form.querySelectorAll("[data-picker]")) changed(picker);
  changed(form);
  form.querySelector(".create-filters [name]")?.focus();
});

form.addEventListener("change", mark);
form.addEventListener("input", mark);
mark();
