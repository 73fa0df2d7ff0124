// Schedules: the next three runs follow each change. Without this a button shows them.
// The create page: Enter in the template's name saves the template.

const WAIT = 250; // ms of quiet before the server is asked
const form = document.querySelector("#sv-schedule");

if (form) follow();
for (const name of document.querySelectorAll("[data-save-as]")) listen(name);

function listen(name) {
  name.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    name.closest("details").querySelector("button").click();
  });
  for (const kind of ["input", "change"]) {
    name.addEventListener(kind, (event) => event.stopPropagation()); // the export stays the same
  }
}

function follow() {
  const shown = form.querySelector("#sv-next");
  let timer = 0;
  let running = null; // AbortController of the question that is under way

  async function refresh() {
    running?.abort();
    running = new AbortController();
    const data = new FormData(form);
    data.delete("csrfmiddlewaretoken");
    try {
      const url = `${form.dataset.next}?${new URLSearchParams(data)}`;
      const answer = await fetch(url, { signal: running.signal });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      shown.replaceChildren(...fresh.body.childNodes);
    } catch (error) {
      if (error.name !== "AbortError") console.warn(error); // the last ones stay
    }
  }

  form.querySelector("#sv-look").hidden = true;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, WAIT);
  });
}
