// Columns of the create page: choose, find, and put in order by dragging or by buttons.

const box = document.querySelector("[data-columns]");
const list = box.querySelector(".create-columns");
const contact = box.querySelector("[data-contact]");
const items = () => [...list.children];
const tick = (item) => item.querySelector("input");
const changed = () => list.dispatchEvent(new Event("change", { bubbles: true }));

// -- Choosing --------------------------------------------------------------------------------

/** Sensitive columns can be ticked once they are asked for expressly. */
function unlock() {
  for (const item of list.querySelectorAll("[data-sensitive]:not([data-locked])")) {
    tick(item).disabled = !contact.checked;
    if (!contact.checked) tick(item).checked = false;
  }
}

/** Asked for, those come along that are in the file when nobody names columns. */
function askFor() {
  unlock();
  for (const item of list.querySelectorAll("[data-sensitive][data-default]:not([data-locked])")) {
    tick(item).checked = contact.checked;
  }
}

function count() {
  const all = items();
  const chosen = all.filter((item) => tick(item).checked);
  const text = box.querySelector("[data-columns-count]");
  text.textContent = text.textContent.trim().replace(/\d+/, chosen.length);
}

const CHOICES = { all: () => true, none: () => false, default: (item) => "default" in item.dataset };

function choose(name) {
  for (const item of items()) {
    if (!tick(item).disabled) tick(item).checked = CHOICES[name](item);
  }
  if (name === "default") restoreOrder();
  changed();
}

/** A ready-made choice of the resource: just these, in their order, at the top. */
function preset(names) {
  const wanted = names.split(",").map((name) => items().find((item) => item.dataset.name === name));
  for (const item of items()) tick(item).checked = wanted.includes(item) && !tick(item).disabled;
  restoreOrder();
  list.prepend(...wanted);
  changed();
}

function restoreOrder() {
  const declared = list.closest("form").dataset.declaredColumns.split(",");
  const rank = (item) => declared.indexOf(item.dataset.name);
  list.append(...items().sort((a, b) => rank(a) - rank(b)));
}

// -- Order -----------------------------------------------------------------------------------

function say(item) {
  box.querySelector("[data-columns-status]").textContent = box.dataset.moved
    .replace("%(column)s", item.querySelector("[data-label]").textContent)
    .replace("%(place)s", items().indexOf(item) + 1)
    .replace("%(all)s", items().length);
}

function move(button) {
  const item = button.closest("li");
  const other = button.dataset.move === "1" ? item.nextElementSibling : item.previousElementSibling;
  if (!other) return;
  if (button.dataset.move === "1") other.after(item);
  else other.before(item);
  button.focus();
  say(item);
  changed();
}

// Pointer events rather than drag and drop: they work with a finger, too.
list.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest("[data-handle]");
  if (!handle || event.button) return;
  event.preventDefault();
  const item = handle.closest("li");
  const before = items().indexOf(item);
  item.classList.add("is-dragged");
  handle.setPointerCapture(event.pointerId);
  const follow = (moved) => {
    const over = document.elementFromPoint(moved.clientX, moved.clientY)?.closest(".create-column");
    if (!over || over === item || over.parentElement !== list) return;
    if (items().indexOf(over) > items().indexOf(item)) over.after(item);
    else over.before(item);
  };
  const end = () => {
    handle.removeEventListener("pointermove", follow);
    item.classList.remove("is-dragged");
    if (items().indexOf(item) === before) return;
    say(item);
    changed();
  };
  handle.addEventListener("pointermove", follow);
  handle.addEventListener("lostpointercapture", end, { once: true });
});

// -- Finding ---------------------------------------------------------------------------------

const search = box.querySelector("[data-columns-search]");

function find(event) {
  event.stopPropagation(); // looking for a column is no change of the export
  const wanted = search.value.trim().toLowerCase();
  for (const item of items()) {
    item.hidden = !`${item.textContent} ${item.dataset.name}`.toLowerCase().includes(wanted);
  }
  box.querySelector("[data-columns-none]").hidden = items().some((item) => !item.hidden);
}

search.addEventListener("input", find);
search.addEventListener("change", (event) => event.stopPropagation());
list.addEventListener("keydown", (event) => {
  const heading = event.target.closest(".create-heading");
  if (event.key !== "Escape" || !heading?.open) return;
  heading.open = false;
  heading.querySelector("summary").focus();
});
list.addEventListener(
  "toggle",
  (event) => {
    if (event.target.open && event.target.contains(document.activeElement)) {
      event.target.querySelector("input").focus();
    }
  },
  true, // a toggle does not bubble
);
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault();
});

// -- Start -----------------------------------------------------------------------------------

box.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-choose]");
  const mover = event.target.closest("[data-move]");
  const ready = event.target.closest("[data-preset]");
  if (choice) choose(choice.dataset.choose);
  if (ready) preset(ready.dataset.preset);
  if (mover) move(mover);
});
box.addEventListener("change", count);
if (contact) {
  contact.addEventListener("change", askFor);
  unlock();
}
for (const element of box.querySelectorAll("[data-handle], [data-moves], [data-columns-tools]")) {
  element.hidden = false;
}
count();
