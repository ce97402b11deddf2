// Working the queue with the keyboard. The keys count only inside the list, so they get in nobody's way; the mouse needs none of it.

const list = document.querySelector("[data-queue]");
const cases = list ? [...list.querySelectorAll("article")] : [];
const count = document.querySelector("[data-chosen]");

/** J and K go to the next and the previous title, X ticks the case that one is in. */
function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox]), textarea")) return;
  const here = cases.indexOf(event.target.closest("article"));
  const step = { j: 1, k: -1, x: 0 }[event.key.toLowerCase()];
  if (step === undefined || here < 0) return;
  event.preventDefault();
  if (step) cases[here + step]?.querySelector("h3 a")?.focus();
  else cases[here].querySelector("input[type=checkbox]")?.click();
}

function chosen() {
  const n = list.querySelectorAll("input[type=checkbox]:checked").length;
  count.textContent = n === 0 ? "" : n === 1 ? count.dataset.one : count.dataset.more.replace("{n}", n);
}

if (list) list.addEventListener("keydown", key);
if (list && count) {
  list.addEventListener("change", chosen);
  chosen();
}
document.querySelectorAll("[data-keys]").forEach((line) => (line.hidden = false));
