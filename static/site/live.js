/** A piece of HTML that keeps itself fresh: asks the server, changes only what is different. */

const SLOWEST = 30_000; // ms between tries while the server does not answer
const PATIENCE = 15_000; // ms until a try is given up

/**
 * Ask `url` again and again. `show(root)` gets each new answer and returns the ms until the next
 * question, or null to stop. Pauses while the tab is hidden.
 */
export function keepFresh({ url, first, show }) {
  const note = document.getElementById("ex-reconnecting");
  let etag = "";
  let pause = first;
  let failures = 0;
  let timer = 0;

  async function ask() {
    timer = 0;
    try {
      const answer = await fetch(url, {
        headers: etag ? { "If-None-Match": etag } : {},
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) {
        location.reload(); // logged out, or gone: the page itself says it best
        return;
      }
      if (answer.status === 200) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        etag = answer.headers.get("ETag") ?? "";
        pause = show(page.body);
      } else if (answer.status !== 304 && answer.status !== 204) {
        throw new Error(`status ${answer.status}`);
      }
      failures = 0;
    } catch {
      failures += 1;
    }
    const text = failures ? note.dataset.text : "";
    if (note.textContent !== text) note.textContent = text;
    plan();
  }

  function plan() {
    if (pause === null || document.hidden || timer) return;
    timer = setTimeout(ask, failures ? Math.min(SLOWEST, pause * 2 ** failures) : pause);
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    timer = 0;
    if (!document.hidden && pause !== null) ask();
  });
  plan();
}

/**
 * Make `old` look like `next` and touch nothing that is the same already, so that focus,
 * selection, open details and ticked boxes stay.
 */
export function morph(old, next) {
  if (old.nodeType !== next.nodeType || old.nodeName !== next.nodeName || old.id !== next.id) {
    old.replaceWith(next.cloneNode(true));
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue;
    return;
  }
  morphAttributes(old, next);
  morphChildren(old, next);
}

function morphAttributes(old, next) {
  for (const { name } of [...old.attributes]) {
    const isOpenDetails = name === "open" && old.nodeName === "DETAILS";
    if (!next.hasAttribute(name) && !isOpenDetails) old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function morphChildren(old, next) {
  const fresh = [...next.childNodes];
  const stale = [...old.childNodes];
  fresh.forEach((node, index) => {
    if (index < stale.length) morph(stale[index], node);
    else old.append(node.cloneNode(true));
  });
  stale.slice(fresh.length).forEach((node) => node.remove());
}
